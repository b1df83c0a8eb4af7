"""Chronic disease and elders: lists, visits, calls, the tab on a person's page."""
