"""Alerts of fake closures: their life, their versions, their bounds (R79)."""

import msgspec
import pytest

from monitor.policy.model import Language
from schemas.instants import DAY
from tests.customers.driving import Shard, at, facts, order

DONE = order("o1", 0, 1)


def came_back(ended: float | None = None, language: Language = "en") -> Shard:
    """An order closed after an hour, and the customer's call two hours later."""
    shard = Shard(language=language)
    shard.tell(DONE, at(1))
    shard.mark(at(2))
    shard.tell(facts("c1", 3, ended), at(3))
    shard.mark(at(3))
    return shard


def test_the_alert_fires_with_the_return_and_names_no_customer() -> None:
    (alert,) = came_back().alerts()
    assert (alert.state, alert.version, alert.kind, alert.flow, alert.contact, alert.reason) == (
        "firing",
        1,
        "flow",
        "fake_closure",
        "o1",
        "returned_after_closure",
    )
    assert alert.labels == {
        "alertname": "FlowViolation", "flow": "fake_closure", "severity": "warning", "family": "workorder", "queue": "q1", "channel": "hotline",
    }  # fmt: skip
    assert (alert.target, alert.value, alert.annotations["returned"]) == (5 * 3600, 2 * 3600, "c1")
    assert "k1" not in msgspec.json.encode(alert).decode()


@pytest.mark.parametrize(
    ("language", "firing", "retracted"),
    [
        (
            "en",
            "Order o1 was closed 2024-10-04 01:00; the customer was back with the same problem after 2 h",
            "Order o1, closed 2024-10-04 01:00: retracted, the customer did not come back with the problem",
        ),
        ("zh", "工单o1于2024-10-04 01:00办结，2小时后客户因同一问题再次联系", "工单o1于2024-10-04 01:00办结：已撤回，客户并未因该问题再次联系"),
    ],
)
def test_its_summary_is_in_the_language_of_the_policy(language: Language, firing: str, retracted: str) -> None:
    shard = came_back(language=language)
    shard.gone(facts("c1", 3), at(4))
    shard.mark(at(4))
    assert [alert.annotations["summary"] for alert in shard.alerts()] == [firing, retracted]


def test_it_is_resolved_when_the_customer_was_served_again() -> None:
    shard = came_back()
    shard.tell(facts("c1", 3, 4), at(4))
    shard.mark(at(4))
    assert [(alert.state, alert.version, alert.reason) for alert in shard.alerts()][1:] == [("resolved", 2, "served_again")]
    assert shard.alerts()[0].id == shard.alerts()[1].id


def test_a_return_that_was_over_when_it_became_known_fires_first() -> None:
    assert [(alert.state, alert.version) for alert in came_back(3.5).alerts()] == [("firing", 1), ("resolved", 2)]


def test_it_is_retracted_when_the_call_turns_out_to_be_about_something_else() -> None:
    shard = came_back()
    shard.tell(facts("c1", 3, 4, problem="p2"), at(4))
    shard.mark(at(4))
    assert [(alert.state, alert.version, alert.reason) for alert in shard.alerts()][1:] == [("retracted", 2, "no_return_after_all")]
    assert "fake_closures" not in shard.counters()
    shard.tell(facts("c1", 3, 4), at(5))
    shard.mark(at(5))
    assert [(alert.state, alert.version) for alert in shard.alerts()][2:] == [("firing", 3), ("resolved", 4)]
    assert shard.counters()["fake_closures"] == 1


def test_versions_go_on_when_the_order_itself_leaves_and_comes_back() -> None:
    shard = came_back()
    for hour, problem in ((4, "p2"), (5, "p1")):
        shard.tell(order("o1", 0, 1, problem=problem), at(hour))
        shard.mark(at(hour))
        shard.restart()
    assert [(alert.state, alert.version) for alert in shard.alerts()] == [("firing", 1), ("retracted", 2), ("firing", 3)]
    assert len({alert.id for alert in shard.alerts()}) == 1


def test_an_order_that_was_reopened_before_the_call_was_open_when_it_came() -> None:
    shard = Shard()
    shard.tell(order("o1", 0, None, closed=((1, 2),)), at(2))
    shard.tell(facts("c1", 3), at(3))
    shard.mark(at(3))
    assert shard.alerts() == []


def test_reopening_the_order_because_of_the_call_proves_the_closure_false_all_the_more() -> None:
    shard = came_back()
    shard.tell(order("o1", 0, None, closed=((1, 4),)), at(4))
    shard.mark(at(4))
    assert [alert.state for alert in shard.alerts()] == ["firing"]


def test_each_closure_of_an_order_has_its_own_alert() -> None:
    shard = came_back(3.5)
    shard.tell(order("o1", 0, 6, closed=((1, 4), (6, 0))), at(6))
    shard.tell(facts("c2", 7, 7.5), at(7.5))
    shard.mark(at(8))
    assert len({alert.id for alert in shard.alerts()}) == 2
    assert shard.counters()["fake_closures"] == 2


def test_an_order_is_kept_while_its_alert_is_firing_and_let_go_after() -> None:
    shard = came_back()
    shard.mark(at(24 * 40))
    assert [alert.state for alert in shard.alerts()] == ["firing"]
    shard.tell(facts("c1", 3, 24 * 41), at(24 * 41))
    shard.mark(at(24 * 41))
    assert shard.states() == {"o1": "resolved"}
    shard.mark(at(24 * 50))
    shard.commit()
    assert not [key for key in shard.state if key[:2] in (b"g|", b"i|", b"b|")]


def test_a_return_that_never_ends_is_given_up_and_the_alert_with_it() -> None:
    shard = came_back()
    shard.mark(at(24 * 130))
    shard.mark(at(24 * 131))
    assert shard.states() == {"o1": "resolved"}
    shard.commit()
    assert not [key for key in shard.state if key[:2] in (b"g|", b"i|", b"b|")]


def test_an_ended_alert_gets_its_tombstone_when_the_policy_keeps_it_no_longer() -> None:
    shard = came_back(3.5)
    ended = shard.alerts()[-1]
    shard.restart()
    shard.mark(at(3) + 36 * DAY)
    shard.commit()
    assert [out.key for out in shard.outputs if out.value is None] == [ended.id.encode()]
