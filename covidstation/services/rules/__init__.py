"""Dated rules as the station has them: shipped, and its own versions laid over them."""
