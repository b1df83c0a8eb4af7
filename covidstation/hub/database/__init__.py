"""What the district's program stands on: its database of either kind, its own keys, the stations' records as rows."""
