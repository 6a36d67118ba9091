"""Triggers compiled: known moments, and tests of fields that their events carry."""

from monitor.policy.attributes import compile_tests, event_fields
from monitor.policy.decoding import closest
from monitor.policy.findings import Path, Remarks
from monitor.policy.model import Trigger
from monitor.policy.moments import MOMENTS
from monitor.policy.trigger_source import Triggers, TriggerSource


def compile_triggers(source: Triggers, path: Path, remarks: Remarks) -> tuple[Trigger, ...]:
    """The triggers as written, in their order; unknown moments and fields go to ``remarks``."""
    items = source if isinstance(source, list) else [source]
    compiled: list[Trigger] = []
    for index, item in enumerate(items):
        here = (*path, index) if isinstance(source, list) else path
        trigger = TriggerSource(on=item) if isinstance(item, str) else item
        moment = MOMENTS.get(trigger.on)
        if moment is None:
            remarks.error(here, f"unknown moment `{trigger.on}`{closest(trigger.on, list(MOMENTS))}; expected one of: {_moments_like(trigger.on)}")
            continue
        made = Trigger(trigger.on, compile_tests(trigger.where, event_fields(moment.events), (*here, "where"), remarks))
        if made in compiled:
            remarks.warning(here, f"`{trigger.on}` is named twice")
        compiled.append(made)
    return tuple(compiled)


def _moments_like(name: str) -> str:
    """The moments of the same family, or those that every family has."""
    family = name.partition(".")[0]
    alike = [known for known in MOMENTS if known.startswith(family + ".")]
    return " ".join(sorted(alike or (known for known in MOMENTS if "." not in known)))
