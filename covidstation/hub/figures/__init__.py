"""What the district sees: figures, stations at a glance, what waits for somebody."""
