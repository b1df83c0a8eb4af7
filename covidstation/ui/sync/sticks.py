"""Which USB sticks are plugged in now, so that writing to one is a single click."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QStorageInfo

_MOUNTS = ("/media/", "/run/media/", "/Volumes/")
_REMOVABLE = 2  # DRIVE_REMOVABLE of GetDriveTypeW


@dataclass(frozen=True, slots=True)
class Stick:
    """A removable drive: its name as people see it ("KINGSTON (E:)") and its folder."""

    name: str
    folder: Path


def plugged_in() -> tuple[Stick, ...]:
    """The removable drives that can be written to. May wait for a slow drive: not for the main thread."""
    return tuple(
        Stick(_name(volume), Path(volume.rootPath()))
        for volume in QStorageInfo.mountedVolumes()
        if volume.isValid() and volume.isReady() and not volume.isReadOnly() and _removable(volume.rootPath())
    )


def _removable(root: str) -> bool:
    if sys.platform == "win32":
        import ctypes  # noqa: PLC0415  door: there is no such drive type to ask for elsewhere

        return bool(ctypes.windll.kernel32.GetDriveTypeW(root.replace("/", "\\")) == _REMOVABLE)
    return f"{root}/".startswith(_MOUNTS)


def _name(volume: QStorageInfo) -> str:
    root, name = volume.rootPath(), volume.name()
    if sys.platform == "win32":
        return f"{name or 'USB'} ({root[:2]})"
    return name or Path(root).name
