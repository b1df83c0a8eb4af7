"""Sentences of the scan codes."""

from __future__ import annotations

from covidstation.i18n import N_

SENTENCES = {
}
