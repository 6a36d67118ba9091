"""What one step of a fold changed in a view, said as deeds: the view before against the view after."""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

import msgspec

from monitor.contacts.cycles.endings import HANDED_OVER, LEFT
from monitor.contacts.cycles.rematch import NO_LONGER_PROMISED
from monitor.contacts.kept.contact import CANCELLED, RUNNING, STOPPED, Run, View
from monitor.contacts.plan import FamilyPlan
from monitor.contacts.saying.pauses import UNLISTED
from monitor.policy.attributes import RULE_FIELDS
from schemas.explanations import Deed, Value
from schemas.instants import Instant

_SHOWN: Final = tuple(sorted(RULE_FIELDS))


class _RunWas(NamedTuple):
    """What is compared of one cycle; these are the values of one that has just begun."""

    state: int = RUNNING
    rule: int | None = None
    passed: int = 0
    breach_at: Instant = 0
    closed: int = 0
    policy: int | None = None


class Before(msgspec.Struct, frozen=True):
    """What is compared of a view; ``runs`` are the fields of ``_RunWas``, made for every cycle at every step."""

    attributes: dict[str, Value]
    runs: list[tuple[int, int, int, Instant, int, int]]
    pauses: tuple[Instant, ...]
    closed_at: Instant

    def changed(self, now: "Before") -> list[int]:
        """The places of the cycles that are not what they were, of new ones too."""
        same = len(self.runs)
        return [n for n, was in enumerate(self.runs) if was != now.runs[n]] + list(range(same, len(now.runs)))

    def of(self, place: int) -> _RunWas:
        """What a cycle was."""
        return _RunWas(*self.runs[place]) if place < len(self.runs) else _BEGINNING


_BEGINNING: Final = _RunWas()


def before(view: View) -> Before:
    """Remember a view that is about to change."""
    runs = [(run.state, run.rule, len(run.passed), run.breach_at, len(run.closed), run.policy) for run in view.runs]
    return Before(dict(view.attributes), runs, tuple([pause.to_at for pause in view.pauses]), view.closed_at)


def rematched(was: Before, view: View, changed: Iterable[int]) -> list[Run]:
    """The cycles that began, or came under another rule."""
    return [view.runs[n] for n in changed if n >= len(was.runs) or _other_rule(was.of(n), view.runs[n])]


def attributes_set(was: Before, view: View) -> dict[str, Value]:
    """The attributes that changed, by name."""
    return {name: value for name, value in shown(view).items() if was.attributes.get(name) != value}


def shown(view: View) -> dict[str, Value]:
    """The attributes that rules match on, by name: no customer and no person is among them (R80)."""
    return {name: view.attributes[name] for name in _SHOWN if name in view.attributes}


def deeds(was: Before, view: View, changed: Iterable[int], family: FamilyPlan) -> list[Deed]:
    """All that happened: ends before pauses before starts, as the clocks do it (P11)."""
    known = len(was.runs)
    found = [deed for n in changed if n < known for deed in _of_run(was.of(n), view.runs[n], family)]
    found.extend(_of_pauses(was, view, family))
    for run in view.runs[known:]:
        found.extend(_of_run(_BEGINNING, run, family))
    if bool(was.closed_at) != bool(view.closed_at):
        found.append(Deed(what="closed" if view.closed_at else "opened_again"))
    return found


def _of_run(was: _RunWas, run: Run, family: FamilyPlan) -> Iterator[Deed]:
    clock, cycle = run.clock, run.cycle
    if was.rule is None:
        yield Deed(what="started" if run.last_rule >= 0 else "unpromised", clock=clock, cycle=cycle, rule=_path(run, family))
    elif len(run.closed) > was.closed:
        yield Deed(what="reopened", clock=clock, cycle=cycle)
    if was.rule is not None and _other_rule(was, run):
        lost = run.rule < 0 and run.reason == NO_LONGER_PROMISED
        yield Deed(what="no_longer_promised" if lost else "rule_changed", clock=clock, cycle=cycle, rule="" if lost else _path(run, family))
    for percent, _ in run.passed[was.passed :]:
        yield Deed(what="level", clock=clock, cycle=cycle, percent=percent)
    if run.breach_at and not was.breach_at:
        yield Deed(what="breached", clock=clock, cycle=cycle, reason=run.breach_reason)
    if run.rule < 0:
        return
    if run.state == STOPPED and (was.state == RUNNING or len(run.closed) > was.closed):
        passed_on = run.reason if run.reason in (HANDED_OVER, LEFT) else ""
        yield Deed(what="stopped", clock=clock, cycle=cycle, reason=passed_on)
    if run.state == CANCELLED and was.state == RUNNING:
        yield Deed(what="cancelled", clock=clock, cycle=cycle, reason=run.reason)


def _other_rule(was: _RunWas, run: Run) -> bool:
    """Whether a cycle came under another rule, or under the one in the same place of another policy (P14)."""
    return (was.rule, was.policy) != (run.rule, run.policy)


def _of_pauses(was: Before, view: View, family: FamilyPlan) -> Iterator[Deed]:
    for index, pause in enumerate(view.pauses):
        began = index >= len(was.pauses)
        reason = pause.reason if pause.reason in family.pause_reasons else UNLISTED
        if began:
            stops = tuple(run.clock for run in view.runs if run.state == RUNNING and run.rule >= 0 and pause.reason in _reasons(run, family))
            yield Deed(what="paused" if stops else "pauses_nothing", reason=reason, clocks=stops)
        if pause.to_at and (began or not was.pauses[index]):
            yield Deed(what="resumed", reason=reason)


def _reasons(run: Run, family: FamilyPlan) -> frozenset[str]:
    plan = family.of(run)
    return plan.pause_reasons if plan is not None else frozenset()


def _path(run: Run, family: FamilyPlan) -> str:
    plan = family.of(run)
    return plan.rules[run.rule].path if plan is not None and run.rule >= 0 else ""
