"""The commands of `covidstation-hub`, one module for each kind."""
