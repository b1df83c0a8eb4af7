"""Văn bản: one paper before and after it gets its number, and the book of numbers."""

from covidstation.ui.papers.book import BookPage
from covidstation.ui.papers.paper import PaperPage

__all__ = ["BookPage", "PaperPage"]
