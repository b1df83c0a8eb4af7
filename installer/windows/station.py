"""Start of the station's program in the Windows build."""

from covidstation.cli import entry

entry()
