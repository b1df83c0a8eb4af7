"""What the district tells and asks, what the station answers, and people who move between stations."""
