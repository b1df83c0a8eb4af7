"""Binding several of our own PDFs into one: each page's bytes stay as they are, a shared font is kept once.

It reads what `open_sheet` writes (one table of offsets, objects of generation 0) and nothing else. The same papers give
the same bytes; no clock or chance is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Final

_REFERENCE: Final = re.compile(rb"\b(\d+) 0 R\b")
_LENGTH: Final = re.compile(rb"/Length (\d+)\b(?! 0 R)")
_ENTRY: Final = re.compile(rb"(\d{10}) 00000 n")
_ROOT: Final = re.compile(rb"/Root (\d+) 0 R")
_INFO: Final = re.compile(rb"/Info (\d+) 0 R")
_PAGES: Final = re.compile(rb"/Pages (\d+) 0 R")
_COUNT: Final = re.compile(rb"/Count (\d+)")
_HEAD: Final = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"


def bind(pdfs: Sequence[bytes]) -> bytes:
    """One PDF with all their pages in order. Raises ValueError for none, or for a PDF that is not ours."""
    if not pdfs:
        raise ValueError("nothing to bind")
    objects: list[bytes] = [b"", b""]  # 1 the catalogue, 2 the root of the pages
    kept: dict[bytes, int] = {}
    kids, count = [], 0
    for pdf in pdfs:
        pages, number = _take(pdf, objects, kept)
        kids.append(pages)
        count += number
    objects[0] = b"<< /Type /Catalog /Pages 2 0 R /Lang (vi-VN) /ViewerPreferences << /PrintScaling /None >> >>"
    listed = b" ".join(b"%d 0 R" % kid for kid in kids)
    objects[1] = b"<< /Type /Pages /Kids [ %s ] /Count %d >>" % (listed, count)
    return _written(objects)


def _take(pdf: bytes, objects: list[bytes], kept: dict[bytes, int]) -> tuple[int, int]:
    """Add a PDF's objects; the new number of its page tree, and its count of pages."""
    table, trailer = _tables(pdf)
    root, info = _number(_ROOT, trailer), _INFO.search(trailer)
    left_out = {root, int(info[1]) if info else root}
    pages = _number(_PAGES, _object(pdf, table[root])[0])
    names: dict[int, int] = {}
    fresh: list[tuple[int, bytes, bytes]] = []
    for number, start in table.items():
        if number in left_out:
            continue
        words, stream = _object(pdf, start)
        alone = stream and not _REFERENCE.search(words)
        key = sha256(words + stream).digest() if alone else b""
        if alone and key in kept:
            names[number] = kept[key]
            continue
        objects.append(b"")
        names[number] = len(objects)
        if alone:
            kept[key] = len(objects)
        fresh.append((number, words, stream))
    for number, words, stream in fresh:
        words = _REFERENCE.sub(lambda found: b"%d 0 R" % names[int(found[1])], words)
        if number == pages:
            words = words.replace(b"<<", b"<< /Parent 2 0 R", 1)
        objects[names[number] - 1] = words + stream
    counted = _COUNT.search(_object(pdf, table[pages])[0])
    if counted is None:
        raise ValueError("pages without a count")
    return names[pages], int(counted[1])


def _tables(pdf: bytes) -> tuple[dict[int, int], bytes]:
    """Object number to offset, and the trailer."""
    at = pdf.rfind(b"startxref")
    place = pdf[at:].split()[1] if at >= 0 else b""
    if not place.isdigit() or pdf[int(place) : int(place) + 4] != b"xref":
        raise ValueError("no table of objects")
    table, trailer = pdf[int(place) : at].split(b"trailer", 1)
    found = _ENTRY.findall(table)
    return {number: int(offset) for number, offset in enumerate(found, start=1)}, trailer


def _object(pdf: bytes, start: int) -> tuple[bytes, bytes]:
    """An object's words, and its stream with the words around it (empty without one)."""
    begin = pdf.index(b"obj", start) + 3
    end = pdf.index(b"endobj", begin)
    stream = pdf.find(b"stream", begin, end)
    if stream < 0:
        return pdf[begin:end].strip(), b""
    words = pdf[begin:stream]
    length = _LENGTH.search(words)
    if length is None:
        raise ValueError("a stream without its length")
    data = stream + len(b"stream")
    data += 2 if pdf[data : data + 2] == b"\r\n" else 1
    body = pdf[data : data + int(length[1])]
    return words.strip(), b"\nstream\n" + body + b"\nendstream"


def _number(pattern: re.Pattern[bytes], words: bytes) -> int:
    found = pattern.search(words)
    if found is None:
        raise ValueError("a part is missing")
    return int(found[1])


def _written(objects: Sequence[bytes]) -> bytes:
    parts, offsets, at = [_HEAD], [], len(_HEAD)
    for part in _numbered(objects):
        offsets.append(at)
        parts.append(part)
        at += len(part)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    parts.append(b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table))
    parts.append(b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, at))
    return b"".join(parts)


def _numbered(objects: Sequence[bytes]) -> Iterator[bytes]:
    return (b"%d 0 obj\n%s\nendobj\n" % (number, words) for number, words in enumerate(objects, start=1))
