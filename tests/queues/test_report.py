"""Roll-ups out of the day panes: local days, sums over sums, versions, what is provisional (R81, P33, P44)."""

from datetime import date

import msgspec
import pytest

from monitor.panes.where import Where
from monitor.policy.model import Policy, QueuePolicy
from monitor.queues.report import Asked, Rollup, report, span_of
from schemas.instants import DAY, HOUR, MINUTE, Instant, parse_instant
from tests.queues.feed import Shard, commit, policy, processor, records

RULES: Policy = msgspec.structs.replace(
    policy(queues=QueuePolicy(facets=("dept",))),
    time_zone="Asia/Shanghai",
)
MONDAY: Instant = parse_instant("2026-11-23T00:00:00+08:00")


class Office:
    """One source, one queue shard; ``state`` is what a worker's changelog would hold."""

    def __init__(self) -> None:
        self.shard, self.state = Shard(0, RULES), dict[bytes, bytes]()
        self.queue = processor(RULES, 1, self.state)

    def book(self, at: Instant, answered: int, abandoned: int, queue: str = "PS", dept: str = "network") -> None:
        where = Where(queue, "hotline", None, "", (f"dept={dept}",))
        self.shard.ledger.book(where, at, "answered", answered)
        self.shard.ledger.book(where, at, "abandoned", abandoned)

    def tick(self, t: Instant) -> None:
        for record in records(self.shard.tick(t)):
            self.queue.apply(record, 0)
        commit(self.queue, self.state)

    def report(self, **asked: object) -> list[Rollup]:
        return report([self.state], RULES, Asked(**asked))  # type: ignore[arg-type]  # fields by name


@pytest.fixture
def office() -> Office:
    """Three local days: ten minutes before midnight is still Monday, in UTC it is Monday afternoon."""
    office = Office()
    office.book(MONDAY + 9 * HOUR, 8, 2)
    office.book(MONDAY + DAY - 10 * MINUTE, 90, 0, "NW", "billing")
    office.book(MONDAY + DAY + HOUR, 1, 1)
    office.book(MONDAY + 8 * DAY, 5, 5)
    office.tick(MONDAY + 8 * DAY + 2 * HOUR)
    return office


def rate(line: Rollup) -> tuple[float | None, int]:
    return line.core["answer_rate"].value, line.core["answer_rate"].n


def test_days_are_those_of_the_business_time_zone(office: Office) -> None:
    assert [(line.period, rate(line)) for line in office.report()] == [
        ("2026-11-23", (0.98, 100)), ("2026-11-24", (0.5, 2)), ("2026-12-01", (0.5, 10)),
    ]  # fmt: skip


def test_a_month_is_the_sum_of_its_days_never_the_mean_of_their_shares(office: Office) -> None:
    """P44: the mean of 98 % and 50 % would be 74 %."""
    assert [(line.period, rate(line)) for line in office.report(length="month")] == [("2026-11", (99 / 102, 102)), ("2026-12", (0.5, 10))]
    assert [(line.period, rate(line)) for line in office.report(length="quarter")] == [("2026-Q4", (104 / 112, 112))]


def test_by_a_facet_or_a_scope_everything_comes_first(office: Office) -> None:
    lines = office.report(by="dept", to_date=date(2026, 11, 23))
    assert [(line.by, line.of, rate(line)[1]) for line in lines] == [("", "", 100), ("dept", "billing", 90), ("dept", "network", 10)]
    lines = office.report(by="queue", from_date=date(2026, 11, 23), to_date=date(2026, 11, 23))
    assert [(line.by, line.of, rate(line)[1]) for line in lines] == [("", "", 100), ("queue", "NW", 90), ("queue", "PS", 10)]


def test_a_late_event_gives_a_published_day_a_new_version(office: Office) -> None:
    """P33."""
    before = office.report()[0]
    office.book(MONDAY + 9 * HOUR + MINUTE, 1, 0)
    office.tick(MONDAY + 8 * DAY + 4 * HOUR)
    after = office.report()[0]
    assert (before.version, after.version) == ("2026-11-30T18:00:00Z", "2026-11-30T20:00:00Z")
    assert rate(after) == (99 / 101, 101)
    assert office.report()[1].version == "2026-11-30T18:00:00Z", "another day has not changed"


def test_the_day_that_runs_is_provisional_and_problems_are_until_their_window_is_over(office: Office) -> None:
    """R22: W is 72 h; the first of December runs, the 24th of November is long over."""
    states = [(line.period, line.provisional, bool(line.provisional_indicators)) for line in office.report()]
    assert states == [("2026-11-23", False, False), ("2026-11-24", False, False), ("2026-12-01", True, True)]
    office.tick(MONDAY + 10 * DAY)
    assert [(line.provisional, line.provisional_indicators) for line in office.report()][-1] == (False, ["fcr_ratio", "repeat_ratio", "solved_ratio"])


@pytest.mark.parametrize(
    ("day", "length", "name", "ends"),
    [
        (date(2024, 2, 29), "day", "2024-02-29", date(2024, 3, 1)),
        (date(2026, 12, 31), "month", "2026-12", date(2027, 1, 1)),
        (date(2026, 12, 31), "quarter", "2026-Q4", date(2027, 1, 1)),
        (date(2026, 4, 1), "quarter", "2026-Q2", date(2026, 7, 1)),
    ],
)
def test_spans(day: date, length: str, name: str, ends: date) -> None:
    span = span_of(day, length)  # type: ignore[arg-type]  # a literal in each row
    assert (span.name, span.ends) == (name, ends)
