"""The policies of the benchmark: the whole telecom pack for throughput, a two-second promise for the delay."""

from pathlib import Path
from typing import Final

from monitor.policy import load_policy
from monitor.policy.model import Policy

TELECOM: Final = Path(__file__).resolve().parents[2] / "deploy" / "policies" / "telecom"
TWO_SECONDS: Final = Path(__file__).with_name("two_seconds.yaml")


def bench_policy() -> Policy:
    """The telecom pack, compiled."""
    return load_policy([(str(path), path.read_text(encoding="utf-8")) for path in sorted(TELECOM.glob("*.yaml"))])
