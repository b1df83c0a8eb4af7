"""Rà từng nhà: rounds from door to door, their sheets, and the people who need looking after."""
