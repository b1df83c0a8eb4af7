"""Looking after the station: checks, notices, updates, what a supporter needs."""
