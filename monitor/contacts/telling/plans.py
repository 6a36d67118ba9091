"""The clock that a cycle belongs to: a department's cycles are published as ``node:network`` and planned as ``node`` (P15)."""

from monitor.contacts.contact import Run
from monitor.contacts.plan import ClockPlan, FamilyPlan


def plan_of(family: FamilyPlan, run: Run) -> ClockPlan | None:
    """The plan of a cycle's clock; None if the policy no longer has it."""
    found = family.clocks.get(run.clock)
    return found if found is not None else family.clocks.get(run.clock.partition(":")[0])
