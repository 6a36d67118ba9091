"""Clocks that belong together: cycles per department or node (P15, R57), and links of an end-to-end promise (R13, R58)."""

from collections.abc import Mapping, Sequence

from monitor.policy.attributes import event_fields
from monitor.policy.decoding import closest
from monitor.policy.findings import Path, Remarks
from monitor.policy.model import Clock, Trigger
from monitor.policy.moments import MOMENTS
from monitor.policy.source import ClockSource
from schemas.events import FAMILIES, Family


def check_per(source: ClockSource, start: tuple[Trigger, ...], families: frozenset[Family], path: Path, remarks: Remarks) -> None:
    """A clock per department or node runs on work orders only, and starts on events that name one."""
    if source.per is None:
        if source.mode is not None:
            remarks.error((*path, "mode"), "only a clock with `per` has a mode; add `per: dept` or `per: node`, or leave it out")
        return
    for family in FAMILIES:
        if family in families and family != "workorder":
            remarks.error((*path, "per"), f"a {family} has no {source.per}; expected `families: [workorder]`")
    for trigger in start:
        if source.per not in event_fields(MOMENTS[trigger.moment].events):
            remarks.error((*path, "per"), f"`{trigger.moment}` starts the clock and carries no {source.per}; start it on an event of work orders")


def check_names(clocks: Sequence[Clock], remarks: Remarks) -> None:
    """Every link names an end-to-end clock that runs wherever it does; no clock takes the published name of another."""
    named = {clock.name: clock for clock in clocks}
    for clock in clocks:
        _check_whole(clock, named, remarks)
        base, colon, value = clock.name.partition(":")
        if colon and base in named and named[base].per is not None:
            remarks.error(("clocks", clock.name), f"clock `{base}` publishes its cycles of {named[base].per} {value} under this name; choose another")


def _check_whole(clock: Clock, named: Mapping[str, Clock], remarks: Remarks) -> None:
    if not clock.whole:
        return
    path: Path = ("clocks", clock.name, "whole")
    whole = named.get(clock.whole)
    if whole is None:
        remarks.error(
            path, f"unknown clock `{clock.whole}`{closest(clock.whole, list(named))}; expected the end-to-end clock of which this is a link"
        )
        return
    for family in FAMILIES:
        if family in clock.families and family not in whole.families:
            remarks.error(path, f"`{whole.name}` never runs on a {family}, where this link does; name the same families")
    above = [clock.name]
    while whole is not None and whole.name not in above:
        above.append(whole.name)
        whole = named.get(whole.whole)
    if whole is not None and whole.name == clock.name:
        remarks.error(path, f"a link of itself: {' -> '.join([*above, clock.name])}")
