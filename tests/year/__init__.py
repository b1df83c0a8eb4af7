"""A commune that is lived through for a year, and the paper books that were kept beside the program."""
