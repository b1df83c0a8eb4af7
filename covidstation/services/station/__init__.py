"""The founding of a station: what the wizard asks, and what it makes."""
