"""Văn bản: one paper before and after it gets its number, and the book of numbers."""
