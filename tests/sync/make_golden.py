"""Write the golden bundles of a release, once: `python -m tests.sync.make_golden 0.2.0`.

Keys are made for the purpose and kept beside the bundles; they guard nothing. Released files are never remade.
"""

import json
import sys
from dataclasses import replace
from pathlib import Path

from covidstation.sync import enrolment, receipts, rekeying
from covidstation.sync.bundle import write_bundle
from covidstation.sync.header import Kind
from covidstation.sync.identity import Identity

from . import samples

FOLDER = Path(__file__).parents[1] / "data" / "bundles"


def main(release: str) -> None:
    folder = FOLDER / release
    folder.mkdir(parents=True)
    ours = {
        "station": samples.OURS.to_bytes().decode(),
        "hub": samples.HUB.to_bytes().decode(),
        "escrow": samples.ESCROW.secret,
        "root": samples.ROOT.secret.hex(),
    }
    (folder / "keys.json").write_text(json.dumps(ours, indent=1) + "\n", encoding="utf-8")
    people = samples.lines(3)
    hub_down = write_bundle(
        samples.up_subject(people, kind=Kind.DOWN),
        people,
        signer=samples.HUB.sign,
        recipients=[samples.OURS.public.age, samples.ESCROW.public],
        about={"program": release},
    )
    sealed = receipts.write_receipt(samples.receipt(), signer=samples.HUB.sign, recipients=[samples.OURS.public.age])
    new = Identity.generate()
    request = replace(samples.request(), keys=new.public)
    rekey = rekeying.Rekey(request=request, station=samples.STATION, old=samples.OURS.sign.public)
    contents = {
        "up": (samples.up(), people),
        "down": (hub_down, people),
        "receipt": (sealed, receipts.receipt_lines(samples.receipt())),
        "enrol": (
            enrolment.write_request(samples.request(), signer=samples.OURS.sign),
            [enrolment.request_line(samples.request())],
        ),
        "cert": (
            enrolment.write_certificate(samples.certificate(), root=samples.ROOT),
            [enrolment.certificate_line(samples.certificate())],
        ),
        "rekey": (
            rekeying.write_rekey(rekey, old=samples.OURS.sign, new=new.sign),
            [rekeying.rekey_line(rekey, old=samples.OURS.sign)],
        ),
    }
    for kind, (data, lines) in contents.items():
        (folder / f"{kind}.csb").write_bytes(data)
        (folder / f"{kind}.ndjson").write_bytes(b"".join(line + b"\n" for line in lines))


if __name__ == "__main__":
    main(sys.argv[1])
