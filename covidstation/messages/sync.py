"""Sentences of the sync codes."""

from __future__ import annotations

from covidstation.i18n import N_

SENTENCES = {
}
