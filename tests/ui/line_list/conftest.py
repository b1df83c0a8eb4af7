"""The village for the line list."""

from tests.ui.village import desk, template, village

__all__ = ["desk", "template", "village"]
