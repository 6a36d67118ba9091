"""Where the recorded logs lie: beside the project, or where ``SLA_DATA`` says; tests skip with a clear message without them."""

import os
from pathlib import Path

import pytest

DATA = Path(os.environ.get("SLA_DATA") or Path(__file__).resolve().parents[2].parent / "shared" / "data")
BANK = DATA / "anonymous_bank_1999_january.tsv.xz"
INCIDENTS = DATA / "uci_incidents_until_2016-04-10.csv.xz"


def recorded(path: Path) -> Path:
    """The path, or a skip."""
    if not path.exists():
        pytest.skip(f"the recorded log {path.name} is not in {path.parent}; set SLA_DATA to its folder")
    return path
