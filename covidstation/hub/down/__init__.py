"""What the district says to stations: the stream down, what is told and asked, people handed over."""
