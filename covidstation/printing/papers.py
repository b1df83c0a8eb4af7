"""The papers of the station, from a view to PDF bytes. The same view gives the same bytes."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from covidstation.domain.paper_view import PaperBlock, PaperView
from covidstation.domain.papers import number_symbol, number_text, place_date
from covidstation.printing import fonts, nd30
from covidstation.printing.copies import render_copies
from covidstation.printing.fonts import Font
from covidstation.printing.sheet import draw_qr, open_sheet, put_page
from covidstation.printing.typeset import DOTS, Box, Page, paginate, runs, signature_runs

SETTINGS: Final = ((14.0, nd30.ROOMY), (13.0, nd30.ROOMY), (13.0, nd30.TIGHT))
"""Letters of the decree's two sizes and gaps, the first of those that need the fewest pages."""


def render(view: PaperView, *, preview: bool = False) -> bytes:
    """The paper as PDF. A preview marks what is missing and carries no QR; a paper without a number has none."""
    fonts.register()
    if view.copies:
        return render_copies(view, _title(view), "" if preview else qr_payload(view), preview=preview)
    sheet, out = open_sheet(_title(view))
    sheet.marked = preview
    for number, page in enumerate(_pages(view), start=1):
        put_page(sheet, number, page, training=view.training)
        if number == 1 and view.number is not None and not preview:
            draw_qr(sheet, qr_payload(view))
        sheet.showPage()
    sheet.save()
    return out.getvalue()


def qr_payload(view: PaperView) -> str:
    """`CSP1|kind|number/symbol|date|first 32 hex of the content hash`: names the paper, tells nothing of a person."""
    number = number_symbol(number_text(view.number or 0), view.symbol)
    return f"CSP1|{view.kind}|{number}|{view.issued_on.isoformat()}|{view.content_hash[:32]}"


def _title(view: PaperView) -> str:
    number = number_text(view.number) if view.number is not None else DOTS
    return f"{' '.join(view.title.split())} {number_symbol(number, view.symbol)}"


def _pages(view: PaperView) -> list[Page]:
    pages = paginate(_boxes(view, *SETTINGS[0]), nd30.HEIGHT)
    for size, gaps in SETTINGS[1:] if len(pages) > 1 else ():
        closer = paginate(_boxes(view, size, gaps), nd30.HEIGHT)
        pages = closer if len(closer) < len(pages) else pages
    return pages


def _boxes(view: PaperView, size: float, gaps: nd30.Gaps) -> list[Box]:
    number = number_text(view.number) if view.number is not None else None
    boxes = [
        nd30.header(
            view.parent,
            view.issuer,
            nd30.number_runs(number, view.symbol),
            place_date(view.place, view.issued_on),
        )
    ]
    boxes += _title_boxes(view, size, gaps)
    for text in view.legal_bases:
        boxes += nd30.paragraph(runs(text, Font.ITALIC, size))
    if view.decides:
        boxes += nd30.centred(view.decides, Font.BOLD, size, before=gaps.decides)
    for block in view.body:
        boxes += _block_boxes(block, size)
    _keep_last_lines(boxes)
    signature = (view.signer_titles, signature_runs(view.signer, size))
    second = (view.second_titles, signature_runs(view.second_signer, size)) if view.second_titles else None
    boxes.append(nd30.end_block(view.recipients, *signature, size, second=second, gaps=gaps))
    return boxes


def _title_boxes(view: PaperView, size: float, gaps: nd30.Gaps) -> list[Box]:
    boxes = nd30.centred(view.title, Font.BOLD, size, before=gaps.title)
    for line in view.subject:
        boxes += nd30.centred(line, Font.BOLD, size)
    if view.subject:
        boxes.append(nd30.rule_under(view.subject[-1], Font.BOLD, size))
    if view.authority:
        boxes += nd30.centred(view.authority, Font.BOLD, size, before=gaps.authority)
    return boxes


def _block_boxes(block: PaperBlock, size: float) -> list[Box]:
    if block.style == "row":
        return [nd30.row(block.text, block.second, size)]
    if block.style == "heading":
        return [nd30.heading(block.text, size)]
    if block.style == "centre":
        return nd30.centred(block.text, Font.BOLD, size, before=12)
    text = runs(f"{block.heading} ", Font.BOLD, size) if block.heading else []
    return nd30.paragraph([*text, *runs(block.text, Font.REGULAR, size)])


def _keep_last_lines(boxes: list[Box]) -> None:
    """The end block takes two lines of text with it when it moves to a new page."""
    for at in (-1, -2):
        boxes[at] = replace(boxes[at], keep=True)
