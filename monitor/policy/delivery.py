"""The ``ladders``, ``receivers`` and ``privacy`` sections checked: every name they use exists. They are carried, not compiled."""

from collections.abc import Mapping

from monitor.calendar.model import Calendar
from monitor.policy.calendars import find_calendar
from monitor.policy.decoding import closest
from monitor.policy.durations import duration_us
from monitor.policy.findings import Path, Remarks
from monitor.policy.source import LadderSource, PolicySource
from schemas.instants import SECOND


def check_delivery(source: PolicySource, calendars: Mapping[str, Calendar], remarks: Remarks) -> None:
    """Report ladders that cannot work and receivers nobody can reach."""
    for name, ladder in source.ladders.items():
        _check_ladder(ladder, list(source.receivers), ("ladders", name), remarks)
        if ladder.quiet is not None:
            find_calendar(calendars, ladder.quiet, ("ladders", name, "quiet"), remarks)
    used = {receiver for ladder in source.ladders.values() for step in ladder.steps for receiver in step.notify}
    for name, receiver in source.receivers.items():
        if name not in used:
            remarks.warning(("receivers", name), "no ladder notifies it")
        if receiver.kind != "log" and receiver.url_setting is None:
            remarks.error(
                ("receivers", name), f"a receiver of kind {receiver.kind} needs `url_setting`: the name of the setting that holds its address"
            )
    if source.privacy.customer_keys == "hash_here" and source.privacy.hash_key_setting is None:
        remarks.error(("privacy",), "hash_here needs `hash_key_setting`: the name of the setting that holds the key (R80)")


def _check_ladder(ladder: LadderSource, receivers: list[str], path: Path, remarks: Remarks) -> None:
    if not ladder.steps:
        remarks.error((*path, "steps"), "a ladder needs at least one step")
    earlier_us = -1
    for index, step in enumerate(ladder.steps):
        here = (*path, "steps", index)
        if not step.notify:
            remarks.error((*here, "notify"), "nobody is notified")
        for place, receiver in enumerate(step.notify):
            if receiver not in receivers:
                remarks.error((*here, "notify", place), f"unknown receiver `{receiver}`{closest(receiver, receivers)}")
        after_us = duration_us(step.after)
        if after_us < earlier_us:
            remarks.error((*here, "after"), "earlier than the step before it")
        earlier_us = after_us
        if step.repeat is not None and duration_us(step.repeat) < 10 * SECOND:
            remarks.error((*here, "repeat"), f"{step.repeat}: repeating more often than every 10s is refused")
