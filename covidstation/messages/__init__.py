"""Every sentence about a problem or an error, one place a register, by code.

A sentence says what happened and what to do; `{names}` in it are filled from the problem's params as plain text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from covidstation.domain.problems import Problem
from covidstation.domain.text import clean
from covidstation.errors import Refused, UserError
from covidstation.i18n import _
from covidstation.messages import (
    care,
    chronic,
    cold_chain,
    contacts,
    dcc,
    delivery,
    dispensing,
    district,
    down,
    episodes,
    exports,
    forms,
    households,
    hub,
    hub_pages,
    line_list,
    medicines,
    notices,
    papers,
    people,
    privacy,
    reports,
    reviews,
    rights,
    rounds,
    rules,
    scan,
    staff,
    station,
    supplies,
    sync,
    triage,
    update,
    users,
    vaccination,
    vaccine_coverage,
    vaccine_session,
    wire,
)

MOST_SHOWN: Final = 200  # letters
_NO_BREAK: Final = "\u00a0"
_PLACE: Final = re.compile(r"\{(\w+)\}")

SENTENCES: Mapping[str, str] = {
    **people.SENTENCES,
    **households.SENTENCES,
    **reviews.SENTENCES,
    **rights.SENTENCES,
    **privacy.SENTENCES,
    **scan.SENTENCES,
    **episodes.SENTENCES,
    **contacts.SENTENCES,
    **dispensing.SENTENCES,
    **forms.SENTENCES,
    **papers.SENTENCES,
    **sync.SENTENCES,
    **hub.SENTENCES,
    **hub_pages.SENTENCES,
    **station.SENTENCES,
    **notices.SENTENCES,
    **users.SENTENCES,
    **rules.SENTENCES,
    **reports.SENTENCES,
    **triage.SENTENCES,
    **update.SENTENCES,
    **medicines.SENTENCES,
    **supplies.SENTENCES,
    **line_list.SENTENCES,
    **care.SENTENCES,
    **chronic.SENTENCES,
    **rounds.SENTENCES,
    **staff.SENTENCES,
    **delivery.SENTENCES,
    **district.SENTENCES,
    **down.SENTENCES,
    **wire.SENTENCES,
    **exports.SENTENCES,
    **dcc.SENTENCES,
    **vaccination.SENTENCES,
    **vaccine_coverage.SENTENCES,
    **vaccine_session.SENTENCES,
    **cold_chain.SENTENCES,
}


def sentence(trouble: Problem | UserError) -> str:
    """The sentence for a person, in the language in use. A code without a sentence is a bug (KeyError)."""
    params = trouble.params
    # In one pass: what a value holds is never read as a placeholder again.
    return _PLACE.sub(
        lambda found: _shown(params[found[1]]) if found[1] in params else found[0], _(SENTENCES[trouble.code])
    )


def _shown(value: object) -> str:
    """A value within a sentence: on one line, nothing hidden, and never longer than the sentence is worth.

    A number stays with its unit: the space between them that breaks no line is kept.
    """
    text = _NO_BREAK.join(filter(None, map(clean, str(value).split(_NO_BREAK))))
    return text if len(text) <= MOST_SHOWN else f"{text[: MOST_SHOWN - 1]}…"


def sentences(trouble: UserError) -> list[str]:
    """One sentence, or one for each problem of a form that was refused."""
    if isinstance(trouble, Refused):
        return [sentence(problem) for problem in trouble.problems]
    return [sentence(trouble)]
