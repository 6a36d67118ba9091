"""Fake closures: an order was settled, and soon the same customer was back with the same problem (R79).

One alert for each closure, its id fixed by order and closure. It is firing while a contact by which the customer came back is open,
resolved once all of them have ended, retracted when later events show that nobody came back.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import Final

import msgspec

from monitor.customers.held import Held, Raised
from monitor.customers.standing import returns
from monitor.panes.ledger import PaneLedger
from monitor.policy.model import CustomerRules, Policy
from monitor.processing import Output
from monitor.wording.alerts import closure_retracted_summary, closure_summary
from monitor.wording.times import moment
from schemas.alerts import Alert, AlertState
from schemas.cloudevents import ALERT_TYPE, output_headers
from schemas.instants import Instant, format_instant, seconds_of
from schemas.topics import ALERTS

FLOW: Final = "fake_closure"
COUNTER: Final = "fake_closures"
SHOWN: Final = 5
"""Contacts that an alert names."""

RETURNED: Final = "returned_after_closure"
SERVED_AGAIN: Final = "served_again"
DISPROVED: Final = "no_return_after_all"

_DIGITS: Final = 32
_encode: Final = msgspec.json.Encoder().encode


class Closures:
    """Books and tells fake closures."""

    def __init__(self, policy: Policy, ledger: PaneLedger) -> None:
        self._policy, self._ledger = policy, ledger
        self._rules: CustomerRules = policy.customers
        self.outputs: list[Output] = []
        self.ended: list[tuple[Instant, str]] = []
        """When which alert ended, since this was last emptied."""

    def lay_out(self, policy: Policy) -> None:
        """Judge by another policy from now on."""
        self._policy, self._rules = policy, policy.customers

    def look(self, group: bytes, order: Held, held: list[Held], t: Instant) -> None:
        """Compare the closures of an order of a group with what was told of them."""
        told = {raised.closed_at: raised for raised in order.raised}
        for closed_at in sorted({*told, *(closed for closed, _ in order.closures)}):
            raised = told.get(closed_at)
            if raised is not None and raised.fixed:
                continue
            stands = any(closed == closed_at for closed, _ in order.closures)
            back = returns(order, closed_at, held, self._rules) if stands else []
            if raised is None:
                if not back:
                    continue
                raised = Raised(_alert_id(group, order, closed_at), closed_at)
                order.raised.append(raised)
            self._tell(order, raised, back, t)

    def fix(self, order: Held, gone: Held, held: list[Held], t: Instant) -> None:
        """A contact is forgotten: what it proved stays, and ends if it is firing."""
        for raised in order.raised:
            if raised.fixed or raised.state == "retracted":
                continue
            back = returns(order, raised.closed_at, held, self._rules)
            if gone not in back:
                continue
            raised.fixed = True
            if raised.state == "firing":
                self._say(order, raised, "resolved", back, t)

    def end(self, order: Held, t: Instant) -> None:
        """The order itself is forgotten early: nothing of it stays firing."""
        for raised in order.raised:
            if raised.state == "firing":
                self._say(order, raised, "resolved", (), t)

    def withdraw(self, order: Held, t: Instant) -> None:
        """The order is none of this customer's after all."""
        for raised in order.raised:
            self._tell(order, raised, [], t)

    def take_back(self, order: Held, sign: int) -> None:
        """Book everything that stands with a sign, because the order's place changes."""
        for raised in order.raised:
            if raised.state != "retracted":
                self._ledger.book(order.place, raised.closed_at, COUNTER, sign)

    def _tell(self, order: Held, raised: Raised, back: Sequence[Held], t: Instant) -> None:
        state: AlertState = "retracted" if not back else "resolved" if all(each.ended_at for each in back) else "firing"
        if state == raised.state:
            return
        stood, stands = raised.state not in ("", "retracted"), state != "retracted"
        if stood != stands:
            self._ledger.book(order.place, raised.closed_at, COUNTER, 1 if stands else -1)
        if state == "resolved" and not stood:
            self._say(order, raised, "firing", back, t)
        self._say(order, raised, state, back, t)

    def _say(self, order: Held, raised: Raised, state: AlertState, back: Sequence[Held], t: Instant) -> None:
        raised.state, raised.version = state, raised.version + 1
        raised.since_at = back[0].opened_at if back else raised.since_at
        ends_at = 0 if state == "firing" else max((each.ended_at for each in back), default=0) or t
        if state != "firing":
            self.ended.append((t, raised.id))
        alert = Alert(
            id=raised.id,
            version=raised.version,
            state=state,
            kind="flow",
            severity="warning",
            labels=_labels(order),
            annotations=self._annotations(order, raised, back),
            contact=order.contact,
            queue=order.place.queue,
            target=seconds_of(self._rules.fake_closure_us),
            value=seconds_of(raised.since_at - raised.closed_at),
            detected_at=format_instant(t),
            starts_at=format_instant(raised.since_at),
            ends_at=format_instant(ends_at) if ends_at else None,
            reason={"firing": RETURNED, "resolved": SERVED_AGAIN, "retracted": DISPROVED}[state],
            policy=self._policy.version,
            flow=FLOW,
        )
        headers = output_headers(f"{alert.id}|{alert.version}", ALERT_TYPE, t)
        self.outputs.append(Output(ALERTS, alert.id.encode(), _encode(alert), headers))

    def _annotations(self, order: Held, raised: Raised, back: Sequence[Held]) -> dict[str, str]:
        language = self._policy.language
        closed = moment(self._policy.time_zone, raised.closed_at, language=language)
        if raised.state == "retracted":
            return {"contact": order.contact, "summary": closure_retracted_summary(order.contact, closed, language)}
        summary = closure_summary(order.contact, closed, raised.since_at - raised.closed_at, language)
        return {"contact": order.contact, "summary": summary, "returned": ", ".join(each.contact for each in back[:SHOWN])}


def _alert_id(group: bytes, order: Held, closed_at: Instant) -> str:
    """The same from any run; which customer and problem it was is part of it, as an order may turn out to be about another."""
    return sha256(b"\0".join((FLOW.encode(), group, order.name, str(closed_at).encode()))).hexdigest()[:_DIGITS]


def _labels(order: Held) -> dict[str, str]:
    labels = {"alertname": "FlowViolation", "flow": FLOW, "severity": "warning", "family": order.family}
    place = order.place
    return labels | {name: value for name, value in (("queue", place.queue), ("channel", place.channel), ("region", place.region)) if value}
