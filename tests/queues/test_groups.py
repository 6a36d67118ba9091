"""Objectives over facets: each value by itself, compared, missing, or many more than usual (R32, R36, R50, R54, R76, R78)."""

import pytest

from monitor.panes.where import scope_partition
from monitor.policy.model import Objective, Period
from monitor.queues.processor import QueuesProcessor
from schemas.instants import DAY, HOUR, MINUTE, SECOND
from tests.queues.feed import PEAK, START, Shard, commit, objective, records
from tests.queues.lines import Line, place, rules

IN_TIME = "clock_met_ratio.resolution"


def share(name: str, **changes: object) -> Objective:
    base = {"indicator": IN_TIME, "threshold_seconds": None, "scope": "all", "minimum_volume": 5, "target": 0.95}
    return objective(name, **(base | changes))


def met(line: Line, dept: str, met: int, breached: int, at: int = START) -> None:
    line.book(place(dept=dept), at, clock__resolution__met=met, clock__resolution__breached=breached)


def test_each_value_of_a_facet_is_judged_by_itself_or_only_those_named() -> None:
    line = Line(rules(share("every", by="dept"), share("network only", by="dept", only=frozenset({"network"}))))
    met(line, "network", 8, 2)
    met(line, "billing", 7, 3)
    met(line, "data", 10, 0)
    fired = line.tick(10)
    assert [(alert.objective, alert.labels["dept"], alert.value) for alert in fired] == [
        ("every", "billing", 0.7), ("every", "network", 0.8), ("network only", "network", 0.8),
    ]  # fmt: skip
    assert fired[0].labels == {"objective": "every", "scope": "all", "dept": "billing"}
    assert "of dept billing over" in fired[0].annotations["summary"]
    assert len({alert.id for alert in fired}) == 3
    assert line.samples()["sla_objective_value", ("every", "dept:data", "")] == 1.0


def test_a_facet_is_no_part_of_an_objective_over_everything() -> None:
    line = Line(rules(share("all")))
    met(line, "network", 8, 2)
    (alert,) = line.tick(10)
    assert (alert.labels, alert.annotations["n"]) == ({"objective": "all", "scope": "all"}, "10")


def test_parity_fires_when_regions_with_enough_contacts_drift_apart() -> None:
    """R54: a region with three contacts says nothing about a region with a hundred."""
    parity = share("parity", indicator=f"spread.{IN_TIME}", by="region", comparison="<=", target=0.1)
    line = Line(rules(parity))
    for region, good, bad in (("Lhasa", 95, 5), ("Shigatse", 93, 7), ("Nagqu", 0, 3)):
        line.book(place(region=region), START, clock__resolution__met=good, clock__resolution__breached=bad)
    assert line.tick(10) == []
    line.book(place(region="Shigatse"), START + 15 * SECOND, clock__resolution__breached=20)
    (alert,) = line.tick(20)
    assert alert.value == pytest.approx(0.95 - 93 / 120)
    assert alert.annotations["n"] == "100", "the least of the regions that count"
    line.crash(rules(parity))
    line.book(place(region="Shigatse"), START + 25 * SECOND, clock__resolution__met=400)
    assert [each.state for each in line.tick(30)] == ["resolved"]


def test_vip_customers_who_wait_longer_than_others_are_an_inversion() -> None:
    """R50."""
    inversion = share(
        "vip_first", indicator="gap.asa_seconds", by="vip_tier", of=frozenset({"vip", "enterprise"}), against=frozenset({"standard"}),
        comparison="<=", target=0.0, minimum_volume=2,
    )  # fmt: skip
    line = Line(rules(inversion))
    line.answered(place(vip_tier="standard"), START, 20.0, 10)
    line.answered(place(vip_tier="vip"), START, 10.0)
    assert line.tick(10) == [], "one VIP call is not evidence (P30)"
    line.answered(place(vip_tier="enterprise"), START + 11 * SECOND, 50.0)
    (alert,) = line.tick(20)
    assert (alert.value, alert.annotations["n"]) == (10.0, "2")


def test_the_share_of_new_channels_is_of_everything() -> None:
    """R32: online and social together are half of all contacts."""
    named = frozenset({"a", "b"})
    line = Line(rules(share("channels", indicator="contact_share", by="dept", only=named, target=0.5, window_us=DAY)))
    for dept, number in (("a", 20), ("b", 29), ("hotline", 51)):
        line.book(place(dept=dept), START, contacts=number)
    (alert,) = line.tick(10)
    assert (alert.value, alert.annotations["n"]) == (0.49, "100")
    line.book(place(dept="a"), START + 11 * SECOND, contacts=3)
    assert [each.state for each in line.tick(400)] == ["resolved"]


def test_a_surge_needs_a_whole_baseline_before_it_says_anything() -> None:
    """R78: a monitor that was just installed does not call the first contacts a surge."""
    surge = share("surge", indicator="surge.contacts", scope="channel", comparison="<=", target=3.0, window_us=10 * MINUTE, baseline_us=HOUR)
    line = Line(rules(surge))
    line.tick(0)
    line.book(place(), START + MINUTE, contacts=100)
    assert line.tick(2 * 60) == []
    for minute in range(15, 55, 5):
        line.book(place(), START + minute * MINUTE, contacts=2)
        assert line.tick(minute * 60 + 10) == []
    for minute in range(60, 130, 5):
        line.book(place(), START + minute * MINUTE, contacts=2)
        assert line.tick(minute * 60 + 10) == []
    line.book(place(), START + 131 * MINUTE, contacts=50)
    (alert,) = line.tick(131 * 60 + 10)
    assert alert.labels["channel"] == "hotline"
    assert alert.value is not None
    assert alert.value > 10


def test_a_surge_that_is_there_when_the_baseline_is_whole_fires_then() -> None:
    """R78: not when the next contact happens to come, and so at the same T as after a restart."""
    line = Line(
        rules(share("surge", indicator="surge.contacts", scope="channel", comparison="<=", target=3.0, window_us=10 * MINUTE, baseline_us=HOUR))
    )
    line.tick(0)
    for minute in range(5, 50, 5):
        line.book(place(), START + minute * MINUTE, contacts=2)
    line.book(place(), START + 55 * MINUTE, contacts=50)
    assert [line.tick(seconds) for seconds in (55 * 60 + 10, 59 * 60 + 50)] == [[], []]
    assert [alert.state for alert in line.tick(60 * 60)] == ["firing"]


HOURLY = START - START % HOUR


def silence(**changes: object) -> Objective:
    base = {"indicator": "contacts", "scope": "channel", "only": frozenset({"app"}), "window_us": 10 * MINUTE, "target": 1.0}
    return share("silent", **(base | changes))


def test_a_channel_that_never_spoke_is_silent_after_a_whole_window_and_speaks_again() -> None:
    """R76, P29: silence is not health, and a start is not a silence."""
    line = Line(rules(silence()))
    line.tick(0)
    assert line.tick(9 * 60) == []
    (alert,) = line.tick(10 * 60)
    assert (alert.labels["channel"], alert.value, alert.annotations["n"]) == ("app", 0.0, "0")
    line.book(place(channel="app"), START + 11 * MINUTE, contacts=1)
    assert [each.state for each in line.tick(11 * 60 + 10)] == ["resolved"]


def test_silence_outside_opening_hours_is_none_and_a_window_must_lie_inside_them() -> None:
    line = Line(rules(silence(calendar=PEAK)))
    offset = (HOURLY + HOUR - START) / SECOND
    line.tick(0)
    line.tick(offset - 60)
    assert line.tick(offset + 60) == [], "the peak has just begun"
    assert line.tick(offset + 9 * 60) == []
    assert [each.state for each in line.tick(offset + 10 * 60)] == ["firing"]
    assert [each.reason for each in line.tick(offset + 31 * 60)] == ["calendar_closed"]


def test_a_silence_is_told_by_the_shard_that_owns_the_scope_alone() -> None:
    ready = rules(silence())
    told = []
    for partition in range(4):
        shard, sources = Shard(0, ready, 4), frozenset(("contacts", each) for each in range(4))
        queue = QueuesProcessor(partition, {}, ready, sources, True)
        for each in range(4):
            source = Shard(each, ready, 4)
            for second in (0, 700):
                for record in records(source.tick(START + second * SECOND)):
                    if record.partition == partition:
                        queue.apply(record, 0)
        told += [partition] * len(commit(queue, {}))
        assert shard.partitions == 4
    assert told == [scope_partition("channel:app", 4)]


def test_an_objective_during_a_period_is_judged_and_counted_in_it_alone() -> None:
    """R59, R61: peak hours and campaigns."""
    launch = Period(name="launch", from_at=START + HOUR, until_at=START + 2 * HOUR)
    during = share("level.launch", during=(launch,), target=0.5, window_us=HOUR)
    line = Line(rules(during, share("level", outside=(launch,), window_us=HOUR)))
    met(line, "network", 6, 4)
    fired = line.tick(10)
    assert [(alert.objective, alert.labels.get("period")) for alert in fired] == [("level", None)]
    assert [(each.objective, each.reason) for each in line.tick(3600 + 10)] == [("level", "calendar_closed")]
    met(line, "network", 4, 6, START + HOUR + 20 * SECOND)
    (alert,) = line.tick(3600 + 30)
    assert (alert.objective, alert.labels["period"], alert.value) == ("level.launch", "launch", 0.4), "only what was in the campaign"
    assert line.samples()["sla_objective_value", ("level.launch", "all", "launch")] == 0.4


def test_another_policy_judges_the_same_tables_and_ends_what_it_does_not_promise() -> None:
    """§4: a switch makes new windows from the tables."""
    line = Line(rules(share("every", by="dept")))
    met(line, "network", 8, 2)
    (first,) = line.tick(10)
    line.queue.switch(rules(share("all", target=0.9), version="next"))
    ended, fired = line.tick(20)
    assert (ended.id, ended.state, ended.reason) == (first.id, "resolved", "no_longer_promised")
    assert (fired.objective, fired.state, fired.value, fired.policy) == ("all", "firing", 0.8, "next")
