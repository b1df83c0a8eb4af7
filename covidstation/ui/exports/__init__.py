"""Files for other programs, asked for in a dialog and written piece by piece."""
