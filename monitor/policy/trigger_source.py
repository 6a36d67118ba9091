"""How a policy file says what starts, stops, marks or triggers something: a moment, with tests of its event where it needs any."""

from monitor.policy.terms import Base, Test


class TriggerSource(Base, frozen=True, kw_only=True, omit_defaults=True):
    """A moment whose event passes all tests."""

    on: str
    where: dict[str, Test] = {}


Triggers = str | TriggerSource | list[str | TriggerSource]
