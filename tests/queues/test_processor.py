"""A queue shard gives the same however its sources interleave and however often it is built again (design §4)."""

from random import Random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.processing import Output
from schemas.alerts import Alert
from schemas.instants import SECOND
from tests.queues.feed import interleaved, objective, policy, run, traffic

RULES = policy(
    objective("level"),
    objective("level for a minute", for_us=60 * SECOND, hysteresis=0.05, target=0.7),
    objective("asa", indicator="asa_seconds", threshold_seconds=None, comparison="<=", target=20.0, scope="all"),
    objective("longest", indicator="longest_wait_seconds", threshold_seconds=None, comparison="<=", target=60.0),
    objective("now", indicator="service_level.V8", comparison=">=", target=0.5, window_us=60 * SECOND, minimum_volume=1),
    objective("hours", window_us=7 * 3600 * SECOND, target=0.75),
)


def alerts(outputs: list[Output]) -> list[Alert]:
    return [msgspec.json.decode(out.value, type=Alert) for out in outputs if out.value is not None]


@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_any_interleaving_of_the_sources_gives_the_same_outputs(seed: int) -> None:
    random = Random(seed)
    sent = [shard.sent for shard in traffic(random, RULES, 900)]
    one = run(RULES, [record for source in sent for record in source])
    assert one
    assert run(RULES, interleaved(random, sent)) == one


@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_a_crash_at_any_point_changes_no_output(seed: int) -> None:
    random = Random(seed)
    feed = interleaved(random, [shard.sent for shard in traffic(random, RULES, 900)])
    crashes = frozenset(random.sample(range(len(feed)), 12))
    assert run(RULES, feed, crashes=crashes) == run(RULES, feed)


@pytest.mark.parametrize("seed", range(3))
def test_versions_of_an_alert_grow_by_one_and_end_resolved_or_firing(seed: int) -> None:
    random = Random(seed)
    versions: dict[str, list[Alert]] = {}
    for alert in alerts(run(RULES, interleaved(random, [shard.sent for shard in traffic(random, RULES, 3000)]))):
        versions.setdefault(alert.id, []).append(alert)
    assert len(versions) > 5
    for history in versions.values():
        assert [alert.version for alert in history] == list(range(1, len(history) + 1))
        assert [alert.state for alert in history] == ["firing", "resolved"][: len(history)]
