"""What a stranger, a broken scanner or a hasty hand may give the program. Long forms: `python -m tests.hostile.…`."""
