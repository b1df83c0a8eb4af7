"""Three thousand papers in thirty megabytes, each still the same to the last byte."""

from dataclasses import replace

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from covidstation.domain.packs import PaperKind
from covidstation.printing.compact import MAGIC, chunk_names, join, split
from covidstation.printing.papers import render
from tests.printing.samples import HOUSEHOLD, NEW_DAY, PAO, view


def test_papers_share_their_fonts_and_come_back_whole():
    papers = [
        render(view(number=1)),
        render(view(number=2, people=HOUSEHOLD)),
        render(view(PaperKind.ISOLATION_END, number=3)),
        render(view(PaperKind.ISOLATION_ORDER, NEW_DAY, HOUSEHOLD, number=4)),
        render(view(PaperKind.ISOLATION_COMPLETION, NEW_DAY, number=5)),
    ]
    kept, skeletons, sizes = {}, [], []
    for pdf in papers:
        skeleton, chunks = split(pdf)
        kept |= chunks
        skeletons.append(skeleton)
        sizes.append(len(zstandard.compress(skeleton, 19)))
        assert set(chunk_names(skeleton)) == set(chunks)
    assert len(kept) == 8  # four faces: the font and its letter table
    assert sum(map(len, kept.values())) < 120_000
    assert [join(skeleton, kept) for skeleton in skeletons] == papers
    assert max(sizes) <= 6_500
    assert 3_000 * sum(sizes) / len(sizes) + sum(map(len, kept.values())) < 30_000_000 * 2 / 3


def test_a_name_with_rare_letters_only_adds_its_own_letters():
    usual, rare = (split(render(view(people=(replace(PAO, name=name),)))) for name in ("Páo", "Łukasz Ößő"))
    assert set(usual[1]) <= set(rare[1])
    assert join(*rare)


def _stream(content):
    return b"<< /Filter [ /FlateDecode ] /Length %d >>\nstream\n%bendstream\n" % (len(content), content)


pieces = st.one_of(
    st.binary(max_size=400),
    st.binary(max_size=2_000).map(_stream),
    st.just(b"/FlateDecode /Length 900 >>\nstream\n"),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(pieces, max_size=6).map(b"".join))
def test_any_bytes_come_back(data):
    skeleton, chunks = split(data)
    assert join(skeleton, chunks) == data


def test_a_missing_chunk_is_named_and_a_changed_one_refused():
    skeleton, chunks = split(render(view()))
    name = next(iter(chunks))
    with pytest.raises(KeyError, match=name):
        join(skeleton, {other: chunk for other, chunk in chunks.items() if other != name})
    with pytest.raises(ValueError, match="not what its name says"):
        join(skeleton, chunks | {name: b"other"})


@given(st.binary(max_size=300))
def test_damaged_skeletons_are_refused(data):
    for skeleton in (data, MAGIC + data):
        try:
            join(skeleton, {})
        except (ValueError, KeyError):
            continue
        assert split(join(skeleton, {}))
