"""The village's register for the windows of medicines."""

from tests.ui.village import desk, template, village

__all__ = ["desk", "template", "village"]
