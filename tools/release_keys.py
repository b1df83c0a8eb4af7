"""Make the two keys that sign updates: `python -m tools.release_keys FOLDER --passphrase-file F`.

The secret halves go into FOLDER, encrypted, and never into this tree; the public halves go into
resources/release_keys.toml, which every program built from then on trusts. Keep the second key in another place: it
signs when the first is lost, and the version that it signs brings a new list.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from covidstation.update.trust import FILE
from tools.sources import ROOT

NAMES = ("first", "second")
HEAD = """# The keys whose updates are taken (docs/adr/0025); made by tools/release_keys.py. One of them is enough.
# source: the project's own; the secret halves were never in this tree.
"""


def make_keys(folder: Path, passphrase: bytes, public: Path) -> None:
    """Write both secrets and the public list. Raises FileExistsError: a key is never written over."""
    if folder.resolve().is_relative_to(ROOT):
        raise ValueError("the secret halves must lie outside this tree")
    folder.mkdir(parents=True, exist_ok=True)
    lines = []
    for name in NAMES:
        secret = Ed25519PrivateKey.generate()
        sealed = secret.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(passphrase))
        handle = os.open(folder / f"release-{name}.pem", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(sealed)
        lines.append(f'{name} = "{secret.public_key().public_bytes_raw().hex()}"')
    public.write_text(HEAD + "\n[keys]\n" + "\n".join(lines) + "\n", encoding="utf-8")


def read_secret(file: Path, passphrase: bytes) -> Ed25519PrivateKey:
    """One secret. Raises ValueError for another kind of file or a wrong passphrase."""
    found = load_pem_private_key(file.read_bytes(), passphrase)
    if not isinstance(found, Ed25519PrivateKey):
        raise ValueError("not an Ed25519 key")
    return found


def read_line(file: Path) -> bytes:
    """The passphrase: the first line of a file."""
    return file.read_text(encoding="utf-8").split("\n", 1)[0].encode()


def main() -> int:
    """Make them; 1 when they are there already."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--passphrase-file", type=Path, required=True)
    given = parser.parse_args()
    try:
        make_keys(given.folder, read_line(given.passphrase_file), ROOT / "resources" / FILE)
    except (FileExistsError, ValueError) as trouble:
        print(trouble, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
