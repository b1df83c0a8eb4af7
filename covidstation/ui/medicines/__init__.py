"""Medicines given to an F0 at home."""
