"""Files that a person asked for: a paper or a list saved where the person chose."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from covidstation.errors import UserError


def keep_file(path: Path, data: bytes) -> Path:
    """Write it whole or not at all. Raises UserError paper.not_kept."""
    beside = path.with_name(f".{path.name}.part")
    try:
        with beside.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as trouble:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        raise UserError("paper.not_kept", name=path.name, reason=trouble.strerror or "") from trouble
    return path
