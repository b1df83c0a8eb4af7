"""The first page: what the day asks for, each line with its reason."""
