"""Cycles over which a person ruled: what counts, who decided it and why, and what the events alone give (P7, design §8)."""

from collections.abc import Callable, Iterable

from msgspec.structs import replace

from monitor.contacts.cycles.rematch import NO_LONGER_PROMISED
from monitor.contacts.kept.contact import Contact
from monitor.contacts.rulings.ruling import Ruling
from monitor.contacts.saying.promised import by_language
from monitor.contacts.saying.records import ruled_by
from monitor.contacts.saying.verdicts import EXEMPTED, REPAIRED
from monitor.contacts.telling.cycles import cycles_of
from monitor.contacts.telling.timeline import Timeline
from monitor.contacts.versions import Stage
from monitor.policy.model import Language, Policy
from monitor.turns import Turns
from monitor.wording.verdicts import with_ruling
from schemas.explanations import CycleExplanation
from schemas.instants import Instant

_UNDECIDED = ("open", "unpromised", "retracted")


def ruled_cycles(
    cycles: Iterable[CycleExplanation], contact: Contact, t: Instant, stage: Callable[[int], Stage], language: Language
) -> Turns[tuple[CycleExplanation, ...]]:
    """The cycles, those that are decided with the ruling over them; an exemption that was lifted left none. Each policy of a repair folds once."""
    rulings = {(ruling.clock, ruling.cycle): ruling for ruling in contact.rulings}
    again: dict[int, tuple[CycleExplanation, ...]] = {}
    told: list[CycleExplanation] = []
    for cycle in cycles:
        ruling = rulings.get((cycle.clock, cycle.cycle))
        if ruling is None or cycle.verdict in _UNDECIDED:
            told.append(cycle)
        elif ruling.policy < 0:
            told.append(_set(cycle, ruling, ruling.verdict, REPAIRED if ruling.repair else EXEMPTED, language))
        else:
            under = stage(ruling.policy)
            if ruling.policy not in again:
                again[ruling.policy] = yield from _under(under, contact, t)
            told.append(_again(cycle, ruling, again[ruling.policy], under.plan.policy, language))
        yield
    return tuple(told)


def _under(stage: Stage, contact: Contact, t: Instant) -> Turns[tuple[CycleExplanation, ...]]:
    """All cycles as one policy gives them, from the start of the contact."""
    timeline = yield from Timeline([stage], contact).turns()
    return (yield from cycles_of(stage.plan.families[contact.family], timeline, contact, t, stage.plan.policy.language))


def _set(cycle: CycleExplanation, ruling: Ruling, verdict: str, reason: str, language: Language) -> CycleExplanation:
    """The verdict that the ruling sets; the explanation stays that of the events."""
    ruled = replace(cycle, verdict=verdict, reason=reason, ruled=ruled_by(ruling))
    return _said(ruled, language)


def _again(cycle: CycleExplanation, ruling: Ruling, found: Iterable[CycleExplanation], policy: Policy, language: Language) -> CycleExplanation:
    """The cycle as the policy of the repair gives it."""
    titles = by_language(policy.titles, policy.title)
    for each in found:
        if (each.clock, each.cycle) == (cycle.clock, cycle.cycle) and each.explanation is not None:
            again = replace(each, ruled=ruled_by(ruling), unruled=cycle.explanation, policy_titles=titles)
            return _said(again, policy.language)
    return replace(_set(cycle, ruling, "cancelled", NO_LONGER_PROMISED, language), policy_titles=titles)


def _said(cycle: CycleExplanation, language: Language) -> CycleExplanation:
    """With the ruling in the text, as the published verdict has it."""
    explanation, ruled = cycle.explanation, cycle.ruled
    assert explanation is not None, "what is decided was promised"
    assert ruled is not None, "only of ruled cycles"
    assert cycle.verdict != "unpromised", "what is decided was promised"
    return replace(cycle, explanation=replace(explanation, text=with_ruling(explanation.text, cycle.verdict, ruled, language)))
