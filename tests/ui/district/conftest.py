"""The register of a small village, open, and what its district says."""

from tests.ui.village import desk, template, village

__all__ = ["desk", "template", "village"]
