"""CovidStation: the register and the papers of a commune health station, and the district's side of it."""

__version__ = "0.1.0"
