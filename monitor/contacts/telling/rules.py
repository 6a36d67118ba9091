"""The rules of a clock tried once more, one by one: which test of which rule did not pass (P12)."""

from monitor.contacts.kept.contact import Run
from monitor.contacts.plan import Attributes, ClockPlan, passes
from monitor.contacts.saying.promised import by_language, wanted
from monitor.policy.model import Rule
from monitor.wording.durations import target_text
from schemas.explanations import FailedTest, RuleTried
from schemas.instants import Instant


def tried(plan: ClockPlan, attributes: Attributes, run: Run) -> tuple[RuleTried, ...]:
    """Every rule up to the first that passes; a department's cycle is matched as that department's, whoever holds the contact (P15)."""
    told: list[RuleTried] = []
    value = run.clock.removeprefix(plan.name).removeprefix(":")
    seen = {**attributes, plan.clock.per: value} if plan.clock.per and value else attributes
    for rule in plan.rules:
        told.append(_tried(rule, seen, run.started_at))
        if told[-1].fate != "failed":
            break
    return tuple(told)


def _tried(rule: Rule, attributes: Attributes, started_at: Instant) -> RuleTried:
    failed = tuple(
        FailedTest(wanted=wanted(test), value=attributes.get(test.field)) for test in rule.when if not passes(test, attributes.get(test.field))
    )
    covered = any(period.covers(started_at) for period in rule.during)
    not_during = () if covered else tuple(period.name for period in rule.during)
    not_outside = tuple(period.name for period in rule.outside if period.covers(started_at))
    titles = {period.name: by_language(period.titles, "") for period in (*rule.during, *rule.outside) if period.titles}
    fails = bool(failed or not_during or not_outside)
    return RuleTried(
        rule=rule.path,
        source=rule.source,
        target=target_text(rule.target),
        fate="failed" if fails else "matched" if rule.target is not None else "promises_nothing",
        failed=failed,
        not_during=not_during,
        not_outside=not_outside,
        period_titles={name: titles[name] for name in (*not_during, *not_outside) if name in titles},
    )
