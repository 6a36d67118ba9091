"""The ``customers`` section: how contacts of one customer about one problem belong together (requirements §5.6, §5.7; R22, R23, R79)."""

from typing import Final

from monitor.policy.durations import LongDuration, duration_us
from monitor.policy.findings import Remarks
from monitor.policy.model import CustomerRules
from monitor.policy.terms import Base
from schemas.instants import DAY, HOUR

_LONGEST_US: Final = 90 * DAY


class CustomersSource(Base, frozen=True, kw_only=True, omit_defaults=True):
    """`window`: a contact this soon after another about the same problem is a repeat. `fake_closure`: a closed order and the problem back."""

    window: LongDuration | None = None
    fake_closure: LongDuration | None = None


def compile_customers(source: CustomersSource, remarks: Remarks) -> CustomerRules:
    """Both windows, with the defaults for what is left out."""
    default = CustomerRules()
    return CustomerRules(
        window_us=_window("window", source.window, default.window_us, remarks),
        fake_closure_us=_window("fake_closure", source.fake_closure, default.fake_closure_us, remarks),
    )


def _window(name: str, text: str | None, default_us: int, remarks: Remarks) -> int:
    if text is None:
        return default_us
    length_us = duration_us(text)
    if not 0 < length_us <= _LONGEST_US:
        remarks.error(("customers", name), f"{text}: expected more than nothing and at most 90d; every contact is remembered that long")
    elif length_us < HOUR:
        remarks.warning(("customers", name), f"{text} is under an hour: most customers who come back come later")
    return length_us
