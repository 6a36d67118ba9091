"""A queue shard judges each T by the newest policy that the watermarks of its sources name there (design §4)."""

import msgspec
import pytest

from monitor.panes.versions import KEY, NamedVersions
from monitor.policy.book import Policies
from monitor.policy.model import Objective, Policy
from monitor.processing import Record, merge_changes
from monitor.queues.processor import QueuesProcessor
from schemas.alerts import Alert
from schemas.instants import SECOND, Instant
from schemas.panes import PaneRecord, PaneTotals, Watermark
from schemas.topics import ALERTS, QUEUE_PANES
from tests.contacts.driving import policy

SOURCES = frozenset({("contacts", 0), ("contacts", 1)})
T0 = 1_772_442_000 * SECOND


def promising(version: str, target: float | None) -> Policy:
    """A policy with one objective, or none."""
    promised = () if target is None else (_objective(target),)
    return msgspec.structs.replace(policy(), version=version, objectives=promised)


def _objective(target: float) -> Objective:
    return Objective(name="answered", indicator="answer_rate", window_us=300 * SECOND, comparison=">=", target=target, minimum_volume=1)


class Queues:
    """A shard fed by two sources."""

    def __init__(self, *policies: Policy) -> None:
        self.book, self.state, self.alerts = Policies(*policies), dict[bytes, bytes](), list[Alert]()
        self._offset = 0
        self.restart()

    def restart(self) -> None:
        """Start from the state alone."""
        self.processor = QueuesProcessor(0, self.state, self.book, SOURCES, True)

    def mark(self, seconds: int, *versions: str) -> None:
        """Both sources have sent everything as of a T; each names a version."""
        for partition, version in enumerate(versions):
            self.send(Watermark("contacts", partition, T0 + seconds * SECOND, 0, version))

    def panes(self, seconds: int, answered: int, offered: int) -> None:
        """What happened in the slot before a T."""
        t: Instant = T0 + seconds * SECOND
        counts = {"offered": offered, "answered": answered, "abandoned": offered - answered}
        self.send(PaneRecord("queue:q", "", "10s", T0, "contacts", 0, t, PaneTotals({name: count for name, count in counts.items() if count})))

    def send(self, record: PaneRecord | Watermark) -> None:
        """One record, and its commit."""
        self._offset += 1
        self.processor.apply(Record(QUEUE_PANES, 0, self._offset, b"k|k|k|k|k", msgspec.json.encode(record)), 0)
        effects = self.processor.drain()
        merge_changes(self.state, effects.changes)
        self.alerts += [msgspec.json.decode(out.value or b"", type=Alert) for out in effects.outputs if out.topic == ALERTS]


@pytest.mark.parametrize("restarts", [False, True], ids=["running on", "restarted in between"])
def test_an_objective_begins_changes_and_ends_with_the_policy_of_its_t(restarts: bool) -> None:
    queues = Queues(promising("v1", None), promising("v2", 0.9), promising("v3", None))
    queues.panes(10, 1, 2)
    queues.mark(10, "v1", "v1")
    assert queues.alerts == []
    for seconds, versions in ((20, ("v2", "v1")), (30, ("v2", "v2"))):
        if restarts:
            queues.restart()
        queues.mark(seconds, *versions)
    assert [(alert.state, alert.policy) for alert in queues.alerts] == [("firing", "v2")]
    queues.mark(40, "v3", "v3")
    assert (queues.alerts[-1].state, queues.alerts[-1].reason) == ("resolved", "no_longer_promised")
    assert queues.state[KEY] == b"v3"


def test_an_older_name_changes_nothing() -> None:
    named = NamedVersions(Policies(promising("v1", None), promising("v2", 0.9)), {})
    assert (named.follow(("v1",)), named.name) == (named.policy, "v1")
    assert named.follow(("v1", "v2")) is not None
    assert named.follow(("v1",)) is None
    assert named.name == "v2"


def test_a_t_waits_for_a_policy_that_was_not_read_yet() -> None:
    """Judged without it, what is said would depend on how fast a worker reads."""
    queues = Queues(promising("v1", None))
    queues.panes(10, 1, 2)
    queues.mark(10, "v9", "v9")
    queues.mark(20, "v9", "v9")
    assert queues.alerts == []
    queues.book = Policies(promising("v1", None), promising("v9", 0.9))
    queues.restart()
    queues.mark(30, "v9", "v9")
    assert [(alert.state, alert.policy, alert.detected_at) for alert in queues.alerts] == [("firing", "v9", "2026-03-02T09:00:10Z")]
