"""Copies of the whole hub and the way back from them."""
