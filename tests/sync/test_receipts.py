"""Receipts: what the hub says comes to the station, sealed."""

from datetime import datetime

import pytest

from covidstation.sync.bundle import Subject, write_bundle
from covidstation.sync.header import Kind
from covidstation.sync.receipts import Receipt, ReceiptException, read_receipt, receipt_lines, write_receipt
from covidstation.sync.refusals import BundleRefused

from . import samples


def written(receipt: Receipt) -> bytes:
    return write_receipt(receipt, signer=samples.HUB.sign, recipients=[samples.OURS.public.age])


def test_round_trip() -> None:
    for receipt in (samples.receipt(), samples.receipt(upto=0, staged=(), exceptions=())):
        assert read_receipt(samples.opened(written(receipt), samples.OURS.age)) == receipt


def test_sealed_to_the_station_alone() -> None:
    with pytest.raises(BundleRefused) as caught:
        samples.opened(written(samples.receipt()), samples.HUB.age)
    assert caught.value.code == "bundle.foreign"


def test_a_receipt_inside_another_streams_header_is_refused() -> None:
    subject = Subject(kind=Kind.RECEIPT, station=samples.STATION, epoch="0" * 16)
    data = write_bundle(
        subject,
        receipt_lines(samples.receipt()),
        signer=samples.HUB.sign,
        recipients=[samples.OURS.public.age],
    )
    with pytest.raises(BundleRefused) as caught:
        read_receipt(samples.opened(data, samples.OURS.age))
    assert caught.value.code == "bundle.manifest_differs"


@pytest.mark.parametrize("content", [[], [b"{}"], [b"[]"], [b"{}", b"{}"], [b"[" * 100_000]])
def test_signed_rubbish_is_refused(content: list[bytes]) -> None:
    subject = Subject(kind=Kind.RECEIPT, station=samples.STATION, epoch=samples.EPOCH)
    data = write_bundle(subject, content, signer=samples.HUB.sign, recipients=[samples.OURS.public.age])
    with pytest.raises(BundleRefused) as caught:
        read_receipt(samples.opened(data, samples.OURS.age))
    assert caught.value.code == "bundle.content_bad"


def test_an_up_bundle_is_no_receipt() -> None:
    with pytest.raises(BundleRefused) as caught:
        read_receipt(samples.opened(samples.up()))
    assert caught.value.code == "bundle.wrong_kind"


def test_a_later_hubs_words_are_kept() -> None:
    later = ReceiptException(1, "some_new_status", "new.code", "Câu mới.")
    receipt = samples.receipt(exceptions=(later,))
    assert read_receipt(samples.opened(written(receipt), samples.OURS.age)).exceptions == (later,)


@pytest.mark.parametrize(
    "change",
    [
        {"upto": -1},
        {"epoch": "x"},
        {"chain": b""},
        {"staged": ((4, 9),)},
        {"staged": ((6, 5),)},
        {"staged": ((6, 8), (9, 9))},
        {"exceptions": (ReceiptException(2, "a", "b", ""), ReceiptException(2, "a", "b", ""))},
        {"hub_time": datetime(2022, 3, 10)},
    ],
)
def test_a_receipt_that_contradicts_itself_is_not_made(change: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        written(samples.receipt(**change))


def test_an_exception_is_of_words() -> None:
    for bad in ((0, "a", "b", ""), (1, "A", "b", ""), (1, "a", "", ""), (1, "a", "b", "x" * 1001)):
        with pytest.raises(ValueError):
            ReceiptException(*bad)
