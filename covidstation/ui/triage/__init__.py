"""Triage: the checklist of home care and the risk group."""
