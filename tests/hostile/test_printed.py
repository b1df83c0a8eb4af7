"""Papers that bear a nasty name: printed as typed, quickly, and with no file or address of anybody's opened."""

import json
import re
import subprocess
import sys

import pytest

STRINGS = ("image of a file", "para", "entities", "rule of a paper", "zalgo", "forty letters of one word")
OURS = re.compile(
    r"/site-packages/|/encodings/|/lib(64)?/|\.so|ENOENT|/etc/(ld|localtime|mime)|/proc/self|/usr/share/zone"
)


@pytest.mark.timeout(240)
def test_every_paper_of_a_station_with_such_names(tmp_path):
    trace = tmp_path / "trace"
    command = ["strace", "-f", "-o", str(trace), "-e", "trace=openat,open,connect,socket,execve"]
    run = subprocess.run(
        [*command, sys.executable, "-m", "tests.hostile.printed", str(tmp_path), *STRINGS],
        capture_output=True, text=True, timeout=220, check=True,
    )  # fmt: skip
    said = json.loads(run.stdout.splitlines()[-1])
    assert len(said["papers"]) == 13 * len(STRINGS)
    assert [one for one in said["papers"] if not one[3]] == []
    assert max(one[2] for one in said["papers"]) < 2
    assert [one for one in said["opened"] if not OURS.search(one)] == []
    lines = trace.read_text(errors="replace").splitlines()
    begun = next(at for at, line in enumerate(lines) if str(tmp_path / "begin") in line)
    assert [line for line in lines[begun:] if re.search(r"connect\(|socket\(|execve\(", line)] == []
    opened = [line for line in lines[begun:] if "open" in line and str(tmp_path) not in line and not OURS.search(line)]
    assert [line for line in opened if "/dev/urandom" not in line and "exited" not in line] == []
