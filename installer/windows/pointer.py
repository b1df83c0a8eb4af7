"""Write dist/current and dist/start for the setup: `python installer/windows/pointer.py 0.1.0`."""

import json
import sys
from pathlib import Path

DIST = Path(__file__).resolve().parents[2] / "dist"


def main(version: str) -> None:
    """What the launcher reads: which version starts, and what of it is run for the window and the command line."""
    DIST.mkdir(exist_ok=True)
    pointer = {"app": f"app-{version}", "before": "", "gave_up": ""}
    (DIST / "current").write_text(json.dumps(pointer), encoding="utf-8")
    (DIST / "start").write_text("CovidStation-window.exe\ncovidstation.exe", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
