"""Households: the list, one household with all its acts, the managed population."""
