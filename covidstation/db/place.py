"""Where a data folder lies: a disk of this PC, a stick, another computer's disk, or a folder that is copied away.

SQLite's log and its locks are sound on a disk of the PC itself. A network drive answers locks and syncs as it likes; a
cloud folder is copied and put back file by file, so the register and its log part company. Light: looked at before the
first window.
"""

from __future__ import annotations

import ctypes  # door: asks Windows for the kind of a drive
import os
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePath
from typing import Any, Final


class PlaceKind(StrEnum):
    """What kind of place it is."""

    LOCAL = "local"
    STICK = "stick"
    NETWORK = "network"
    CLOUD = "cloud"


@dataclass(frozen=True, slots=True)
class Place:
    """The kind; `name` is the cloud's; `fat`: a file system that loses what was not closed in order."""

    kind: PlaceKind
    name: str = ""
    fat: bool = False


LOCAL: Final = Place(PlaceKind.LOCAL)
_CLOUDS: Final = (
    (re.compile(r"onedrive( .*)?"), "OneDrive"),
    (re.compile(r"google ?drive( .*)?|my drive|drive của tôi"), "Google Drive"),
    (re.compile(r"dropbox( .*)?"), "Dropbox"),
    (re.compile(r"icloud ?drive|com~apple~clouddocs"), "iCloud"),
    (re.compile(r"nextcloud|owncloud|megasync|pcloud ?drive|yandex\.disk|cloudstorage"), ""),
)
_CLOUD_MOUNTS: Final = ("fuse.rclone", "fuse.google-drive-ocamlfuse", "fuse.onedriver", "fuse.dropbox")
_NETWORKS: Final = frozenset(
    ("nfs", "nfs4", "cifs", "smb3", "smbfs", "ncpfs", "afs", "ceph", "9p", "davfs", "lustre", "glusterfs", "vboxsf",
     "prl_fs", "fuse.sshfs", "fuse.davfs2", "fuse.glusterfs", "fuse.gvfsd-fuse", "fuse.curlftpfs")
)  # fmt: skip
_FATS: Final = frozenset(("vfat", "exfat", "msdos", "fat", "fat32"))
_REMOVABLE, _REMOTE = 2, 4  # GetDriveTypeW


def place_of(folder: Path) -> Place:
    """Look at the path and at what it is mounted from; the folder need not be there yet."""
    real = Path(os.path.realpath(folder))
    name = cloud_in(folder.absolute()) or cloud_in(real)
    if name is not None:
        return Place(PlaceKind.CLOUD, name)
    if sys.platform == "win32":
        return _windows(real)
    return place_among(_mounts(), real, removable)


def cloud_in(path: PurePath) -> str | None:
    """The cloud whose folder the path runs through; '' for one without a name of its own, None for none."""
    for part in path.parts:
        for pattern, name in _CLOUDS:
            if pattern.fullmatch(part.casefold()):
                return name or part
    return None


def place_among(mounts: Iterable[str], path: PurePath, is_removable: Any) -> Place:
    """The place of a path by the lines of /proc/mounts; `is_removable(device)` asks the kernel."""
    best: tuple[int, str, str] = (-1, "", "")
    for line in mounts:
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        point = PurePath(re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), fields[1]))
        if (point == path or point in path.parents) and len(point.parts) >= best[0]:
            best = (len(point.parts), fields[0], fields[2])
    depth, device, kind = best
    if kind.startswith(_CLOUD_MOUNTS):
        return Place(PlaceKind.CLOUD, kind.partition(".")[2])
    if kind in _NETWORKS and depth > 1:  # as the root it is the machine's own, in a container
        return Place(PlaceKind.NETWORK)
    if kind in _FATS or is_removable(device):
        return Place(PlaceKind.STICK, fat=kind in _FATS)
    return LOCAL


def removable(device: str) -> bool:
    """Whether the kernel calls the device's disk removable."""
    block = Path(os.path.realpath(f"/sys/class/block/{os.path.basename(os.path.realpath(device))}"))
    for place in (block, block.parent):  # a partition stands below its disk
        try:
            return (place / "removable").read_text(encoding="ascii").strip() == "1"
        except OSError:
            continue
    return False


def _mounts() -> list[str]:
    try:
        return Path("/proc/mounts").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:  # no Linux: nothing can be said, and nothing is refused
        return []


def _windows(path: Path) -> Place:
    root = path.anchor
    if root.startswith("\\\\"):
        return Place(PlaceKind.NETWORK)
    kernel: Any = ctypes.windll.kernel32  # type: ignore[attr-defined,unused-ignore]  # only there on Windows
    kind = kernel.GetDriveTypeW(ctypes.c_wchar_p(root))
    words = ctypes.create_unicode_buffer(32)
    known = kernel.GetVolumeInformationW(ctypes.c_wchar_p(root), None, 0, None, None, None, words, len(words))
    fat = bool(known) and words.value.casefold() in _FATS
    if kind == _REMOTE:
        return Place(PlaceKind.NETWORK)
    return Place(PlaceKind.STICK, fat=fat) if kind == _REMOVABLE or fat else LOCAL
