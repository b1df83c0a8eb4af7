"""Windows: the look, the parts, the frame and the pages of the station program."""
