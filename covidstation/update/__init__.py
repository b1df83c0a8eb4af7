"""Newer versions of the program by stick: signed packages, and which version starts (docs/adr/0025)."""
