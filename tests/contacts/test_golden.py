"""Golden timelines: a policy, events with relative times, ticks, and every verdict and alert that must come out, in order.

Each file says which rule it shows and which bug of another system that rule prevents (requirements §4).
"""

from pathlib import Path
from typing import Any

import pytest
import yaml

from monitor.calendar.always import AlwaysOpen
from monitor.calendar.hours import parse_span
from monitor.calendar.model import Calendar
from monitor.calendar.wall_calendar import WallCalendar
from monitor.policy.model import Clock, PauseRule, Period, Rule
from monitor.sources.offsets import offset_us
from schemas.alerts import Alert, Verdict
from schemas.instants import SECOND, format_instant, parse_instant
from tests.contacts.driving import T0, Shard, at, clock, dated, event, policy, rule

FOLDER = Path(__file__).parent / "golden"


def seconds(text: str | float) -> float:
    """``90``, ``1h30m``, ``2d``."""
    return offset_us(text) / SECOND


def read_clock(spec: dict[str, Any], calendars: dict[str, Calendar]) -> Clock:
    rules = [read_rule(row, calendars) for row in spec.pop("rules")]
    pause = spec.pop("pause", None)
    if isinstance(pause, dict):
        caps = {reason: round(seconds(cap) * SECOND) for reason, cap in pause.items() if cap is not None}
        spec["pause"] = PauseRule(frozenset(pause), caps)
    if "levels" in spec:
        spec["levels"] = tuple(spec["levels"])
    return clock(rules=rules, **spec)


def read_rule(row: dict[str, Any], calendars: dict[str, Calendar]) -> Rule:
    target, when, calendar = row.get("target"), row.get("when", ""), calendars[row.get("calendar", "always")]
    if target == "due_at":
        return dated(when, calendar)
    named = [tuple(Period(name=name, calendar=calendars[name]) for name in row.get(part, ())) for part in ("during", "outside")]
    return rule(None if target is None else seconds(target), when, calendar, row.get("days"), *named)


def office() -> Calendar:
    """Monday to Friday, 09:00 to 17:00, in UTC; Monday is day 0."""
    return WallCalendar("office", "UTC", {day: [parse_span("09:00-17:00")] for day in range(5)})


def offset(text: str | None) -> float | None:
    """Seconds after T0."""
    return None if text is None else (parse_instant(text) - T0) / SECOND


def show_verdict(v: Verdict) -> dict[str, object]:
    shown = {
        "clock": v.clock, "cycle": v.cycle, "version": v.version, "verdict": v.verdict, "reason": v.reason, "deadline": offset(v.deadline),
        "stopped": offset(v.stopped_at), "late": v.late_seconds, "elapsed": v.elapsed_seconds, "paused": v.paused_seconds or None,
        "detected_late": v.detected_late or None, "text": v.explanation.text,
    }  # fmt: skip
    return {name: value for name, value in shown.items() if value is not None}


def show_alert(a: Alert) -> str:
    level = "breach" if a.level_ratio is None else f"{a.level_ratio:.0%}"
    paused = f" paused until {offset(until):g}" if (until := a.annotations.get("paused_until")) else " paused" * ("paused" in a.annotations)
    return f"{a.clock} {a.cycle} {level} v{a.version} {a.state} {a.severity}{paused}"


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_golden_timeline(path: Path) -> None:
    case = yaml.safe_load(path.read_text())
    calendars: dict[str, Calendar] = {"always": AlwaysOpen(), "office": office()}
    shard = Shard(policy(*(read_clock(spec, calendars) for spec in case["clocks"])))
    for step in case["steps"]:
        if "tick" in step:
            shard.tick(seconds(step["tick"]))
            continue
        name, when = step["event"], seconds(step["at"])
        fields = {key: value for key, value in step.items() if key not in ("event", "at")}
        if "due_at" in fields:
            fields["due_at"] = format_instant(at(seconds(fields["due_at"])))
        shard.send(event(name, when, id=fields.pop("id", name), family=case["family"], **fields))
    verdicts = [show_verdict(v) for v in shard.verdicts()]
    expected = case["verdicts"]
    assert [{k: v for k, v in shown.items() if k in want} for shown, want in zip(verdicts, expected, strict=False)] == expected, verdicts
    assert len(verdicts) == len(expected), verdicts
    assert [show_alert(a) for a in shard.alerts()] == case["alerts"]
    assert [r.reason for r in shard.rejects] == case.get("rejects", [])
    totals = shard.totals()
    assert {name: totals.get(name, 0) for name in case.get("totals", {})} == case.get("totals", {}), totals
