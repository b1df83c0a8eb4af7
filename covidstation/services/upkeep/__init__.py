"""Looking after the station: checks, notices, the status line, updates, what a supporter needs."""
