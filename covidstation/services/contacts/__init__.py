"""Contacts (F1): entering them, their quarantine, tests, ends and sheets."""
