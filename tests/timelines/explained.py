"""Golden timelines of clock rules: a small policy, events, and the explanation that must come of them; the texts stand beside them."""

from pathlib import Path
from typing import Any

import msgspec

from monitor.policy.model import Language
from monitor.replay.explaining import explain_log
from monitor.replay.schedule import Schedule
from monitor.sources.timeline import load_yaml
from monitor.wording.explanations import explanation_text, refused_text
from schemas.alerts import PauseInterval
from schemas.explanations import CycleExplanation, Explanations
from schemas.instants import DAY, HOUR, MINUTE, SECOND, parse_instant
from tests.timelines.reading import Judged, Row


class Timeline(Judged, kw_only=True, forbid_unknown_fields=True):
    """One file: the rule it shows, the bug of another system that the rule prevents, and events under a policy of its own."""

    rule: str
    prevents: str
    policy: str
    explanation: list[Row] = msgspec.field(default_factory=list)

    def schedule(self) -> Schedule:
        """The policy of the file, with what replaces it."""
        return self.under([("policy", self.policy)])

    def explained(self) -> Explanations:
        """What ``sla-monitor explain`` makes of it."""
        schedule = self.schedule()
        return explain_log(self.arrivals(), schedule, self.until_at, self.given(schedule))


def read_timeline(path: Path) -> Timeline:
    """Read one file; a wrong field is an error that names it."""
    return msgspec.convert(load_yaml(path.read_text(encoding="utf-8")), Timeline)


def text_of(told: Explanations, language: Language) -> str:
    """As the command prints it."""
    refused = refused_text(told.refused, language)
    texts = [explanation_text(each, language) for each in told.contacts]
    return "\n".join([*texts, refused] if refused else texts)


def shown(cycle: CycleExplanation, contact: str, start_at: int) -> dict[str, Any]:
    """A cycle as the files write it: instants as offsets from the start, parts that say nothing left out."""
    explanation, ruled = cycle.explanation, cycle.ruled

    def off(text: str | None) -> str | None:
        return None if text is None else offset_text(parse_instant(text) - start_at)

    row: dict[str, Any] = {"contact": contact, "clock": cycle.clock, "cycle": cycle.cycle, "verdict": cycle.verdict, "reason": cycle.reason}
    row["start"] = off(cycle.started_at)
    row["rules"] = [[f"{_index(rule.rule)} {rule.fate}" for rule in matching.rules] for matching in cycle.matchings]
    if explanation is not None and explanation.promise is not None:
        row |= {"target": explanation.promise.target, "deadline": off(explanation.deadline), "deadline_is": explanation.deadline_is}
        row["counted"] = [f"{off(each.from_at)} .. {off(each.to_at)}" for each in explanation.counted]
        row["days"] = [off(day) for day in explanation.days]
        row["warnings"] = {each.percent: off(each.at) for each in explanation.warnings}
        row["pauses"] = [_pause(pause, off) for pause in explanation.pauses]
        row["links"] = {link.clock: f"{offset_text(round(link.elapsed_seconds * SECOND))}, {link.share_ratio:g}" for link in explanation.links}
        row |= {"ended": explanation.ended, "ended_at": off(explanation.ended_at), "ended_by": explanation.ended_by}
    if ruled is not None:
        alone = cycle.unruled or explanation
        row["ruled"] = {"person": ruled.person, "reason": ruled.reason, "command": ruled.command, "given_at": off(ruled.given_at)}
        row["events_alone"] = alone.verdict if alone is not None else None
    row |= {"late": None if cycle.late_seconds is None else offset_text(round(cycle.late_seconds * SECOND)), "detected_late": cycle.detected_late}
    return {name: value for name, value in row.items() if value not in (None, [], {}, "", False)}


def offset_text(us: int) -> str:
    """``1d2h30m``, ``-5s``, ``0s``."""
    rest, text = abs(us), "-" if us < 0 else ""
    for unit, size in (("d", DAY), ("h", HOUR), ("m", MINUTE)):
        value, rest = divmod(rest, size)
        text += f"{value}{unit}" if value else ""
    return text + f"{rest / SECOND:g}s" if rest or text in ("", "-") else text


def _pause(pause: PauseInterval, off: Any) -> str:
    what = f" counts to {off(pause.counts_to_at)}," if pause.counts_to_at else ""
    return f"{off(pause.from_at)} .. {off(pause.to_at)} {pause.reason}:{what} {pause.why or 'counts'}"


def _index(path: str) -> str:
    return path.rpartition(".")[2]
