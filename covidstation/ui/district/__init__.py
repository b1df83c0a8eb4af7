"""Từ huyện: what the district tells and asks, and people who move between stations."""
