"""`python -m covidstation`."""

from covidstation.cli import entry

if __name__ == "__main__":
    entry()
