"""The judge of the chaos runs must see every kind of wrong."""

from collections import defaultdict
from collections.abc import Callable

import pytest

from monitor.processing import Record
from schemas.partition import partition_of
from tests.chaos.replay import Logs
from tests.chaos.scenario import Expected
from tests.chaos.toy_scenario import ToyScenario
from tests.chaos.verdict import Line, Verdict, compare
from tests.runtime import toys


class Known(ToyScenario):
    """Keys a and b must alert, q must not; what is said last of p and t is known."""

    def expected(self) -> Expected:
        return Expected({"a", "b"}, {"q"}, {"pane p": "second", "total t": "3"})

    def ending(self, record: Record) -> tuple[str, str] | None:
        name = {toys.PANES: "pane", toys.TOTALS: "total"}.get(record.topic)
        return None if name is None else (f"{name} {(record.key or b'').decode()}", (record.value or b"").decode())


def line(topic: str, key: str, value: str) -> Line:
    return (topic, partition_of(key.encode(), 4), key.encode(), value.encode(), ())


RIGHT = [
    line(toys.ALERTS, "a", "1"),
    line(toys.ALERTS, "b", "2"),
    line(toys.PANES, "p", "first"),
    line(toys.PANES, "p", "second"),
    line(toys.TOTALS, "t", "3"),
]


def seen(lines: list[Line]) -> Logs:
    logs: Logs = defaultdict(list)
    for topic, partition, key, value, headers in lines:
        records = logs[topic, partition]
        records.append(Record(topic, partition, len(records), key, value, headers))
    return logs


def without(index: int) -> list[Line]:
    return [*RIGHT[:index], *RIGHT[index + 1 :]]


CASES = [
    pytest.param(RIGHT, RIGHT, lambda v: v.clean and (v.alerts, v.counters, v.endings) == (2, 3, 2), id="equal logs are clean, and were compared"),
    pytest.param(without(0), RIGHT, lambda v: v.lost > 0 and v.false == v.duplicates == 0, id="a missing alert is lost"),
    pytest.param(without(0), without(0), lambda v: v.lost > 0, id="a known alert is lost even when the replay misses it too"),
    pytest.param([*RIGHT, line(toys.ALERTS, "q", "9")], RIGHT, lambda v: v.false > 0 and v.lost == 0, id="an alert that must not be is false"),
    pytest.param([*RIGHT, RIGHT[0]], RIGHT, lambda v: v.duplicates > 0 and v.lost == v.false == 0, id="an alert that comes twice is a duplicate"),
    pytest.param([*without(0), line(toys.ALERTS, "a", "x")], RIGHT, lambda v: v.lost > 0 and v.false > 0, id="an alert with other content is both"),
    pytest.param(without(4), RIGHT, lambda v: v.wrong_counters == 1, id="a missing counter is wrong"),
    pytest.param(without(3), without(3), lambda v: v.lost == 1 and v.false == 0, id="a known ending is lost even when the replay misses it too"),
    pytest.param(
        [*RIGHT, line(toys.PANES, "p", "third")], [*RIGHT, line(toys.PANES, "p", "third")], lambda v: v.lost == 1, id="something said after the end"
    ),
    pytest.param([*RIGHT, RIGHT[4]], RIGHT, lambda v: v.wrong_counters == 1, id="a counter written twice is wrong"),
    pytest.param(
        [*RIGHT[:2], RIGHT[3], RIGHT[2], RIGHT[4]], RIGHT, lambda v: v.wrong_counters == 1, id="counters of a key in another order are wrong"
    ),
]


@pytest.mark.parametrize(("live", "replayed", "right"), CASES)
def test_the_judge_sees(live: list[Line], replayed: list[Line], right: Callable[[Verdict], bool]) -> None:
    verdict = compare(Known(1), seen(live), replayed)
    assert right(verdict), verdict
