"""Sentences of the episodes codes."""

from __future__ import annotations

from covidstation.i18n import N_

SENTENCES = {
}
