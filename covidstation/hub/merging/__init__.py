"""Lines of a stream against the records of the hub."""
