"""Where a data folder lies: what may hold a register, and what may not."""

from pathlib import PurePosixPath, PureWindowsPath

import pytest

from covidstation.db import place as places
from covidstation.db.place import LOCAL, Place, PlaceKind, cloud_in, place_among, place_of
from covidstation.errors import UserError
from covidstation.messages import sentence
from covidstation.services.access.entrance import FolderState, look_at_folder
from tests.services.samples import found

MOUNTS = r"""
sysfs /sys sysfs rw 0 0
/dev/sda2 / ext4 rw,relatime 0 0
/dev/sdb1 /media/tram/USB\040DEN vfat rw,uid=1000 0 0
/dev/sdc1 /media/tram/to exfat rw 0 0
//may-chu/chung /mnt/chung cifs rw 0 0
may-chu:/so /srv/so nfs4 rw 0 0
tram@may-chu: /srv/tram/xa fuse.sshfs rw 0 0
drive: /srv/tram/dam-may fuse.rclone rw 0 0
C:\134 /mnt/c 9p rw 0 0
/dev/sdd1 /srv/ngoai ext4 rw 0 0
""".strip().splitlines()


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/var/lib/tram/CovidStation", LOCAL),
        ("/media/tram/USB DEN/so", Place(PlaceKind.STICK, fat=True)),
        ("/media/tram/to", Place(PlaceKind.STICK, fat=True)),
        ("/media/tram/tomato", LOCAL),  # a name that only begins alike
        ("/mnt/chung/tram", Place(PlaceKind.NETWORK)),
        ("/srv/so", Place(PlaceKind.NETWORK)),
        ("/srv/tram/xa/so", Place(PlaceKind.NETWORK)),
        ("/srv/tram/dam-may/so", Place(PlaceKind.CLOUD, "rclone")),
        ("/mnt/c/Users/tram", Place(PlaceKind.NETWORK)),
        ("/srv/ngoai/so", Place(PlaceKind.STICK)),  # a disk in a USB case, whatever its file system
    ],
)
def test_what_a_path_is_mounted_from(path, expected):
    assert place_among(MOUNTS, PurePosixPath(path), lambda device: device == "/dev/sdd1") == expected


def test_a_container_whose_root_is_shared_is_its_own_machine():
    assert place_among(["none / 9p rw 0 0"], PurePosixPath("/data"), lambda _device: False) == LOCAL


@pytest.mark.parametrize(
    ("path", "cloud"),
    [
        (PureWindowsPath(r"C:\Users\Tram\OneDrive\CovidStation"), "OneDrive"),
        (PureWindowsPath(r"C:\Users\Tram\OneDrive - So Y te\Documents\so"), "OneDrive"),
        (PureWindowsPath(r"G:\Drive của tôi\so"), "Google Drive"),
        (PureWindowsPath(r"C:\Users\Tram\Google Drive\so"), "Google Drive"),
        (PureWindowsPath(r"D:\Dropbox (Tram)\so"), "Dropbox"),
        (PureWindowsPath(r"C:\Users\Tram\iCloudDrive\so"), "iCloud"),
        (PurePosixPath("/srv/tram/Nextcloud/so"), "Nextcloud"),
        (PureWindowsPath(r"C:\Users\Tram\AppData\Local\CovidStation"), None),
        (PurePosixPath("/srv/dropboxer/so"), None),
    ],
)
def test_folders_that_are_copied_away(path, cloud):
    assert cloud_in(path) == cloud


def test_a_link_into_a_cloud_is_seen_through(tmp_path):
    real = tmp_path / "OneDrive" / "so"
    real.mkdir(parents=True)
    link = tmp_path / "so"
    link.symlink_to(real, target_is_directory=True)
    assert place_of(link) == Place(PlaceKind.CLOUD, "OneDrive")
    assert place_of(tmp_path / "khac" / "chua-co") == LOCAL


@pytest.mark.parametrize(
    ("kind", "system", "expected"),
    [
        (2, "FAT32", Place(PlaceKind.STICK, fat=True)),
        (2, "NTFS", Place(PlaceKind.STICK)),
        (3, "NTFS", LOCAL),
        (3, "exFAT", Place(PlaceKind.STICK, fat=True)),
        (4, "NTFS", Place(PlaceKind.NETWORK)),
    ],
)
def test_what_windows_says_of_a_drive(monkeypatch, kind, system, expected):
    class Kernel:
        @staticmethod
        def GetDriveTypeW(_root):
            return kind

        @staticmethod
        def GetVolumeInformationW(_root, _name, _n, _serial, _most, _flags, words, _size):
            words.value = system
            return 1

    class Windll:
        kernel32 = Kernel

    monkeypatch.setattr(places.ctypes, "windll", Windll, raising=False)
    assert places._windows(PureWindowsPath(r"E:\so")) == expected
    assert places._windows(PureWindowsPath(r"\\may-chu\chung\so")) == Place(PlaceKind.NETWORK)


@pytest.mark.parametrize(("where", "code"), [(PlaceKind.NETWORK, "network"), (PlaceKind.CLOUD, "cloud")])
def test_nothing_is_founded_where_it_would_be_spoilt(tmp_path, monkeypatch, where, code):
    folder = tmp_path / "so"
    monkeypatch.setattr("covidstation.services.access.entrance.place_of", lambda _folder: Place(where, "OneDrive"))
    for attempt in (look_at_folder, found):
        with pytest.raises(UserError) as caught:
            attempt(folder)
        assert caught.value.code == f"place.{code}_founding" and "{" not in sentence(caught.value)
    assert not folder.exists()


def test_a_register_that_stands_in_a_bad_place_is_still_opened(tmp_path, monkeypatch):
    folder = tmp_path / "so"
    found(folder)
    monkeypatch.setattr("covidstation.services.access.entrance.place_of", lambda _folder: Place(PlaceKind.CLOUD, "x"))
    assert look_at_folder(folder) is FolderState.REGISTER
