"""Enrolment files, and the words that two people compare."""

from dataclasses import replace

import pytest

from covidstation.sync.bundle import Subject, write_bundle
from covidstation.sync.enrolment import (
    certificate_line,
    open_certificate,
    open_request,
    read_certificate,
    request_line,
    write_certificate,
    write_request,
)
from covidstation.sync.header import Kind
from covidstation.sync.identity import Identity, SignKey
from covidstation.sync.refusals import BundleRefused

from . import samples

OURS = samples.OURS.public


def code_of(call: object, *args: object, **named: object) -> str:
    with pytest.raises(BundleRefused) as caught:
        call(*args, **named)
    return caught.value.code


def test_a_request_and_its_answer() -> None:
    request = samples.request()
    data = write_request(request, signer=samples.OURS.sign)
    assert open_request(data) == request
    certificate = samples.certificate()
    answer = write_certificate(certificate, root=samples.ROOT)
    assert open_certificate(answer, ours=OURS) == certificate
    assert open_certificate(answer, ours=OURS, root=samples.ROOT.public) == certificate


def test_both_sides_see_the_same_words() -> None:
    request = open_request(write_request(samples.request(), signer=samples.OURS.sign))
    assert request.words() == samples.request().words()
    assert len(request.words()) == 8
    answer = write_certificate(samples.certificate(), root=samples.ROOT)
    words = open_certificate(answer, ours=OURS).words()
    assert words == samples.certificate().words()
    stranger = Identity.generate()
    assert words != samples.certificate(hub_keys=stranger.public).words()
    assert words != samples.certificate(root=stranger.sign.public).words()
    assert words != samples.certificate(escrow=stranger.public.age).words()


def test_every_flipped_bit_of_a_certificate_is_refused() -> None:
    data = write_certificate(samples.certificate(), root=samples.ROOT)
    for at in range(len(data)):
        flipped = bytearray(data)
        flipped[at] ^= 1 << at % 8
        with pytest.raises(BundleRefused):
            open_certificate(bytes(flipped), ours=OURS)


def test_every_cut_of_a_request_is_refused() -> None:
    data = write_request(samples.request(), signer=samples.OURS.sign)
    for length in range(len(data)):
        assert code_of(open_request, data[:length]) == "bundle.cut"


def test_another_root_another_station_another_kind() -> None:
    answer = write_certificate(samples.certificate(), root=samples.ROOT)
    stranger = Identity.generate()
    assert code_of(open_certificate, answer, ours=OURS, root=stranger.sign.public) == "enrol.other_root"
    assert code_of(open_certificate, answer, ours=stranger.public) == "enrol.not_ours"
    assert code_of(open_request, answer) == "bundle.wrong_kind"
    assert code_of(open_request, samples.up()) == "bundle.wrong_kind"
    assert code_of(samples.opened, answer) == "bundle.wrong_kind"


def test_a_request_for_another_key_is_refused() -> None:
    thief = SignKey.generate()
    with pytest.raises(ValueError, match="own request"):
        write_request(samples.request(), signer=thief)
    data = write_bundle(Subject(kind=Kind.ENROL), [request_line(samples.request())], signer=thief, recipients=[])
    assert code_of(open_request, data) == "bundle.manifest_differs"


def test_a_certificate_that_names_another_root_is_refused() -> None:
    thief = SignKey.generate()
    with pytest.raises(ValueError, match="root"):
        write_certificate(samples.certificate(), root=thief)
    subject = Subject(kind=Kind.CERT, station=samples.STATION, epoch=samples.EPOCH)
    data = write_bundle(subject, [certificate_line(samples.certificate())], signer=thief, recipients=[])
    assert code_of(open_certificate, data, ours=OURS) == "bundle.manifest_differs"


@pytest.mark.parametrize("content", [[], [b"{}"], [b"[]"], [b"1", b"2"], [b"[" * 100_000]])
def test_signed_rubbish_is_refused(content: list[bytes]) -> None:
    data = write_bundle(Subject(kind=Kind.ENROL), content, signer=samples.OURS.sign, recipients=[])
    assert code_of(open_request, data) == "bundle.content_bad"
    subject = Subject(kind=Kind.CERT, station=samples.STATION, epoch=samples.EPOCH)
    data = write_bundle(subject, content, signer=samples.ROOT, recipients=[])
    assert code_of(open_certificate, data, ours=OURS) == "bundle.content_bad"


def test_an_encrypted_request_is_not_written() -> None:
    with pytest.raises(ValueError):
        write_bundle(Subject(kind=Kind.ENROL), [], signer=samples.OURS.sign, recipients=[OURS.age])


def test_a_certificate_is_whole() -> None:
    for change in ({"serial": 0}, {"escrow": "age1"}, {"epoch": "1"}, {"root": b""}):
        with pytest.raises(ValueError):
            samples.certificate(**change)


def test_a_request_may_show_the_certificate_that_its_station_holds() -> None:
    held = write_certificate(samples.certificate(), root=samples.ROOT)
    shown = replace(samples.request(), certificate=held)
    found = open_request(write_request(shown, signer=samples.OURS.sign))
    assert found == shown
    assert read_certificate(found.certificate, root=samples.ROOT.public) == samples.certificate()


def test_a_certificate_names_the_key_that_it_follows() -> None:
    certificate = replace(samples.certificate(), follows="4e07408562bedb8b", recalls=3)
    answer = write_certificate(certificate, root=samples.ROOT)
    assert open_certificate(answer, ours=OURS) == certificate
    with pytest.raises(ValueError, match="key id"):
        replace(certificate, follows="4e07")
