"""Compare what an independent reader saw with what was known beforehand and with the offline replay."""

from collections import Counter

import msgspec

from agents.policies import read_policies
from agents.runtime.settings import RuntimeSettings
from monitor.policy.book import Policies
from monitor.processing import Output, Record
from schemas.partition import partition_of
from tests.chaos.replay import Logs, committed_positions, read_logs, replay_shard
from tests.chaos.scenario import Expected, Scenario

Line = tuple[str, int, bytes, bytes | None, tuple[tuple[str, bytes], ...]]


class Verdict(msgspec.Struct):
    """The four zeros; ``alerts``, ``counters`` and ``endings`` say how much was compared, ``notes`` what is wrong with what.

    ``unknown`` outcomes are compared with the replay alone.
    """

    lost: int = 0
    false: int = 0
    duplicates: int = 0
    wrong_counters: int = 0
    alerts: int = 0
    counters: int = 0
    endings: int = 0
    unknown: int = 0
    notes: list[str] = []

    def __add__(self, other: "Verdict") -> "Verdict":
        return Verdict(*(getattr(self, name) + getattr(other, name) for name in self.__struct_fields__))

    @property
    def clean(self) -> bool:
        """All four are zero."""
        return not (self.lost or self.false or self.duplicates or self.wrong_counters)

    def count(self, name: str, what: list[str]) -> None:
        """Count wrongs of one kind."""
        setattr(self, name, getattr(self, name) + len(what))
        self.notes += [f"{name}: {each}" for each in sorted(what)]


def _line(settings: RuntimeSettings, output: Output) -> Line:
    partition = partition_of(output.key, settings.partitions) if output.partition is None else output.partition
    return (output.topic, partition, output.key, output.value, tuple(output.headers))


def _seen(record: Record) -> Line:
    return (record.topic, record.partition, record.key or b"", record.value, record.headers)


async def judge(settings: RuntimeSettings, scenario: Scenario) -> Verdict:
    """Read everything back and compare."""
    topics = sorted({topic for spec in scenario.specs for topic in (*spec.topics, *spec.outputs)})
    logs = await read_logs(settings, topics)
    replayed: list[Line] = []
    policies = Policies() if scenario.versions is None else await read_policies(settings)
    for spec in scenario.specs_under(policies):
        for partition, upto in sorted((await committed_positions(settings, spec)).items()):
            replayed.extend(_line(settings, output) for output in replay_shard(settings, spec, partition, logs, upto))
    return compare(scenario, logs, replayed)


def compare(scenario: Scenario, logs: Logs, replayed: list[Line]) -> Verdict:
    """What was seen against what was known and what the replay says."""
    expected = scenario.expected()
    verdict = Verdict(unknown=expected.unknown)
    _alerts(scenario, expected, logs, replayed, verdict)
    _endings(scenario, expected, logs, verdict)
    for topic in sorted({topic for spec in scenario.specs for topic in spec.outputs} - {scenario.alert_topic}):
        _counters(topic, logs, replayed, verdict)
    return verdict


def _lines(topic: str, logs: Logs) -> list[Line]:
    return [_seen(record) for (name, _), records in sorted(logs.items()) if name == topic for record in records]


def _alerts(scenario: Scenario, expected: Expected, logs: Logs, replayed: list[Line], verdict: Verdict) -> None:
    live = Counter(_lines(scenario.alert_topic, logs))
    again = Counter(line for line in replayed if line[0] == scenario.alert_topic)
    seen = Counter(
        identity
        for (name, _), records in logs.items()
        if name == scenario.alert_topic
        for record in records
        if (identity := scenario.identity(record))
    )
    verdict.alerts = sum(live.values())
    verdict.count("lost", [f"{name} must alert" for name in expected.alerts - set(seen)])
    verdict.count("lost", [f"replay says {line}" for line in again if line not in live])
    verdict.count("false", [f"{name} must not alert" for name in set(seen) & expected.quiet])
    verdict.count("false", [f"replay does not say {line}" for line in live if line not in again])
    verdict.count("duplicates", [name for name, count in seen.items() for _ in range(count - 1)])
    verdict.count("duplicates", [f"{line}" for line, count in live.items() if line in again for _ in range(count - again[line])])


def _endings(scenario: Scenario, expected: Expected, logs: Logs, verdict: Verdict) -> None:
    """What must be said last, and is not, is lost."""
    said = dict(ending for _, records in sorted(logs.items()) for record in records if (ending := scenario.ending(record)) is not None)
    verdict.endings = len(expected.endings)
    wrong = [(name, right, last) for name, right in expected.endings.items() if not (last := said.get(name, "")).startswith(right)]
    verdict.count("lost", [f"{name} must end {right!r}, ends {last!r}" for name, right, last in wrong])


def _counters(topic: str, logs: Logs, replayed: list[Line], verdict: Verdict) -> None:
    """Equal as sets of records, and in the same order for each key of each partition."""
    live, again = _by_key(_lines(topic, logs)), _by_key([line for line in replayed if line[0] == topic])
    verdict.counters += sum(map(len, live.values()))
    wrong = [place for place in live.keys() | again.keys() if live.get(place) != again.get(place)]
    verdict.count("wrong_counters", [f"{topic} {place}: {_first_difference(live.get(place, []), again.get(place, []))}" for place in wrong])


def _first_difference(live: list[Line], again: list[Line]) -> str:
    place = next((number for number, (one, other) in enumerate(zip(live, again, strict=False)) if one != other), min(len(live), len(again)))
    return f"of {len(live)} and {len(again)} number {place}: {live[place : place + 1]}, replay says {again[place : place + 1]}"


def _by_key(lines: list[Line]) -> dict[tuple[int, bytes], list[Line]]:
    grouped: dict[tuple[int, bytes], list[Line]] = {}
    for line in lines:
        grouped.setdefault((line[1], line[2]), []).append(line)
    return grouped
