"""Why a bundle is not taken."""

from __future__ import annotations

from covidstation.errors import UserError


class BundleRefused(UserError):
    """A bundle that was not taken; nothing changed. The sentence for `code` is in `covidstation.messages.sync`."""
