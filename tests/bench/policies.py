"""The policies of the benchmark: the shipped default for throughput, a two-second promise for the delay."""

from pathlib import Path
from typing import Final

from monitor.policy import load_policy
from monitor.policy.model import Policy

DEFAULT: Final = Path(__file__).resolve().parents[2] / "deploy" / "policies" / "default.yaml"
TWO_SECONDS: Final = Path(__file__).with_name("two_seconds.yaml")


def bench_policy() -> Policy:
    """The default policy, compiled."""
    return load_policy([(str(DEFAULT), DEFAULT.read_text(encoding="utf-8"))])
