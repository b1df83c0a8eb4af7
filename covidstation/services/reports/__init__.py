"""The day's list of work, the report before 07:00, and the queue of the national system."""
