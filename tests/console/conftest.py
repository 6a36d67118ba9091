"""Commands see only the settings that a test gives them."""

import os

import pytest


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take every ``SLA_`` variable of the surroundings away."""
    for name in list(os.environ):
        if name.startswith("SLA_"):
            monkeypatch.delenv(name)
