"""The hub over a real port."""
