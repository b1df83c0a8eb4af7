"""Bundles between a station and its district: bytes, keys, carriers (docs/bundle-format-1.md). No database here."""
