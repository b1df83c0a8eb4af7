"""The reactions of a month by kind and vaccine, beside the doses that the station gave."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from covidstation.catalog import Catalog
from covidstation.db.queries.vaccine_events import EventLine, doses_given, list_events, nameless_of_month
from covidstation.db.session import Database
from covidstation.domain.audit import AuditAction
from covidstation.domain.citizen import grouped
from covidstation.domain.rights import Right
from covidstation.domain.vaccination.nameless import What
from covidstation.domain.vaccination.products import Products
from covidstation.domain.vaccination.reactions import EventEnd
from covidstation.domain.vaccination.screening import reaction_words
from covidstation.i18n import date_text
from covidstation.printing.lists import ListColumn, PrintedList, render_list
from covidstation.services.access.audit import prints
from covidstation.services.papers.letterhead import letterhead
from covidstation.services.rights import needs
from covidstation.services.tables import SheetTable, Value, xlsx_bytes
from covidstation.services.vaccination.reaction_papers import Words, end_words, kinds_words
from covidstation.services.vaccination.standing import desk_rules

_TITLE = "TỔNG HỢP PHẢN ỨNG SAU TIÊM VẮC XIN COVID-19"


@dataclass(frozen=True, slots=True)
class MonthReactions:
    """The reactions that began in one month, by kind and vaccine. `kinds`: of each code how many reactions had it, by
    product; `cases`: of all of them; `severe`: of the severe ones; `doses`: what the station gave in that month;
    `lines`: by name whom the station still looks after, the severe ones first."""

    month: date
    products: tuple[str, ...]
    doses: Mapping[str, int]
    kinds: tuple[tuple[str, Mapping[str, int]], ...]
    cases: Mapping[str, int]
    severe: Mapping[str, int]
    lines: tuple[EventLine, ...]


@needs(Right.SEE)
def month_reactions(db: Database, month: date, *, catalog: Catalog) -> MonthReactions:
    """Of the month in which that day lies. What was noted by mistake is in no figure; a reaction with two signs stands
    in two lines and is one case. Doses and reactions are of the same people: also of those who are another station's by
    now, and of those whose records the law took, of whom each sign is a case, in the month of their session."""
    first = month.replace(day=1)
    end = (first + timedelta(days=32)).replace(day=1)
    known = reaction_words(desk_rules(db, catalog=catalog).screenings)
    held = [
        one for one in list_events(db, since=first, everywhere=True)
        if one.event.began_at is not None and one.event.began_at.date() < end
        and one.event.end is not EventEnd.MISTAKE
    ]  # fmt: skip
    doses, severe, cases = Counter(doses_given(db, first)), Counter[str](), Counter[str]()
    counts: dict[str, Counter[str]] = {code: Counter() for code in known}
    for one in held:
        cases[one.event.product] += 1
        severe[one.event.product] += one.event.severe
        for code in one.event.kinds:
            counts.setdefault(code, Counter())[one.event.product] += 1
    for gone in nameless_of_month(db, first):
        what, product = gone.counted.what, gone.counted.product
        if what is What.DOSE:
            doses[product] += gone.many
        elif what in (What.MILD, What.SEVERE):
            cases[product] += gone.many
            if what is What.SEVERE:
                severe[product] += gone.many
            else:
                counts.setdefault(gone.counted.detail, Counter())[product] += gone.many
    names = sorted({*doses, *cases})
    return MonthReactions(
        month=first,
        products=tuple(names),
        doses=doses,
        kinds=tuple((code, found) for code, found in counts.items() if found or not _severe(code, known)),
        cases=cases,
        severe=severe,
        lines=tuple(sorted((one for one in held if one.here), key=lambda one: not one.event.severe)),
    )


def _severe(code: str, known: Words) -> bool:
    return code in known and known[code].severe


@needs(Right.PRINT)
@prints("month_reactions")
def month_reactions_pdf(db: Database, month: date, *, catalog: Catalog, today: date) -> bytes:
    """The month by kind of reaction and vaccine, then each severe one of whom the station looks after; A4 across."""
    found, head = month_reactions(db, month, catalog=catalog), letterhead(db, catalog, today)
    rules = desk_rules(db, catalog=catalog)
    names, known = _month_heads(found, rules.products(found.month)), reaction_words(rules.screenings)
    share = 60 / max(1, len(names))
    rows = [tuple(str(cell) for cell in row) for row in _month_rows(found, known)]
    return render_list(
        PrintedList(
            upper=head.parent,
            station=head.station,
            title=_TITLE,
            second=f"Tháng {found.month:%m/%Y}, tính đến ngày {date_text(today)}",
            columns=(ListColumn("Nội dung", 50), *(ListColumn(name, share, "centre") for name in names)),
            rows=tuple(rows),
            after=_severe_ones(found, rules.products(found.month), known),
            across=True,
            size=10.5,
            signs=("Người lập", head.head_title),
            training=head.training,
        )
    )


def _severe_ones(found: MonthReactions, products: Products, known: Words) -> tuple[str, ...]:
    """A title and a sentence for each; nothing where there was none."""
    told = tuple(_severe_words(one, products, known) for one in found.lines if one.event.severe)
    return (f"Tai biến nặng: {len(told)} trường hợp, của người trạm đang quản lý", *told) if told else ()


def _severe_words(one: EventLine, products: Products, known: Words) -> str:
    event = one.event
    began = f"lúc {event.began_at:%H:%M} ngày {date_text(event.began_at.date())}" if event.began_at else ""
    taken = f"chuyển {event.sent_to}" if event.sent_to else ""
    vaccine = products.name(event.product) if event.product else "chưa rõ vắc xin"
    what = (vaccine, kinds_words(event, known), began, event.treatment, taken, end_words(event))
    return f"{', '.join(filter(None, (one.full_name, one.hamlet)))}: {'; '.join(filter(None, what))}"


def _month_heads(found: MonthReactions, products: Products) -> tuple[str, ...]:
    return (*(products.name(code) if code else "Chưa rõ vắc xin" for code in found.products), "Tổng")


def _month_rows(found: MonthReactions, known: Words) -> list[tuple[Value, ...]]:
    """Doses, people, each kind: ordinary first, severe after."""

    def row(words: str, counts: Mapping[str, int]) -> tuple[Value, ...]:
        return (words, *(counts.get(code, 0) for code in found.products), sum(counts.values()))

    kinds = sorted(found.kinds, key=lambda one: _severe(one[0], known))
    return [
        row("Số liều trạm đã tiêm", found.doses),
        row("Số trường hợp phản ứng", found.cases),
        row("Trong đó: tai biến nặng", found.severe),
        *(row(known[code].label if code in known else code, counts) for code, counts in kinds),
    ]


@needs(Right.EXPORT)
@prints("month_reactions", AuditAction.EXPORT)
def month_reactions_xlsx(db: Database, month: date, *, catalog: Catalog, today: date) -> bytes:
    """The same as a spreadsheet, and each reaction as a line of a second sheet."""
    found, head = month_reactions(db, month, catalog=catalog), letterhead(db, catalog, today)
    notes = [head.station, f"Tháng {found.month:%m/%Y}, tính đến ngày {date_text(today)}"]
    rules = desk_rules(db, catalog=catalog)
    known, products = reaction_words(rules.screenings), rules.products(found.month)
    heads = ("Họ và tên", "Thôn, bản", "Điện thoại", "Vắc xin", "Mức", "Biểu hiện", "Bắt đầu", "Xử trí", "Kết cục")
    lines: list[Sequence[Value]] = [
        (
            one.full_name, one.hamlet, grouped(one.phone), products.name(one.event.product),
            "nặng" if one.event.severe else "thông thường", kinds_words(one.event, known), one.event.began_at,
            one.event.treatment, end_words(one.event),
        )
        for one in found.lines
    ]  # fmt: skip
    sums = SheetTable(
        title=_TITLE, columns=("Nội dung", *_month_heads(found, products)), rows=_month_rows(found, known),
        notes=notes, name="Tổng hợp",
    )  # fmt: skip
    return xlsx_bytes([sums, SheetTable(title=_TITLE, columns=heads, rows=lines, notes=notes, name="Danh sách")])
