"""Newer versions by stick."""
