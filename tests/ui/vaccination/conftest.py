"""The register of a small village, open."""

from tests.ui.village import desk, template, village

__all__ = ["desk", "template", "village"]
