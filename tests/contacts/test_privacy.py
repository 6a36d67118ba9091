"""What is personal reaches no alert, verdict, pane, metric or presence, and with the policy's privacy not even the state (R80)."""

from typing import Any, Final

import msgspec
import pytest

from monitor.contacts.door import Door, keyed_hash
from monitor.contacts.processor import ContactsProcessor
from monitor.errors import PolicyError
from monitor.metrics.lifetime import translated
from monitor.policy import load_policy
from monitor.policy.model import Policy, Privacy
from schemas.event import Event
from schemas.events import EVENT_TYPES, EventData, event_name
from schemas.fields import fields_of
from schemas.topics import ALERTS, QUEUE_PANES, VERDICTS
from tests.contacts.driving import Shard, event
from tests.contacts.flows.rules import TEXT

PHONE: Final = "13800138000"
PERSON: Final = "王小明"
STORY: Final = f"{PERSON} 电话{PHONE} 家住南京路一号"
KEY: Final = b"a key of the operator"
READ: Final = {ALERTS, VERDICTS, QUEUE_PANES}
"""What people and other systems read; the topic between contacts and customers is the product's own."""

# These are names of places, people's work or things, not texts: what stands in them is part of labels or of keys by contract.
PLACES: Final = frozenset({"queue", "region", "dept", "node", "to_queue", "parent_incident"})
ALERTING: Final = (
    TEXT
    + """
  no_stage: {stages: [{name: workorder.diagnosed}], by: contact.closed}
  any_word: {watch: [keyword_hit, survey_scored, qc_scored, workorder.created, call.queued, chat.opened]}
  whole: {complete: [location, symptom, problem_key], on: [workorder.created, workorder.assigned]}
"""
)
PERSONAL: Final = ALERTING + "privacy: {customer_keys: hash_here, hash_key_setting: SLA_CUSTOMER_HASH_KEY, withhold: [location, symptom, agent_id]}\n"


def policy(text: str) -> Policy:
    return load_policy([("privacy.yaml", text)])


def filled(kind: type[EventData]) -> dict[str, Any]:
    """Every text field of an event type with something personal in it."""
    values: dict[str, Any] = {}
    for name, field in fields_of(kind).items():
        if field.choices:
            values[name] = field.choices[0]
        elif field.expected.startswith("a string"):
            values[name] = STORY if name not in PLACES else "east"
        elif "date-time" in field.expected:
            values[name] = "2026-03-02T08:00:00Z"
        elif field.required:
            values[name] = {"passed": False, "scale_min": 1, "scale_max": 5, "score": 1}[name]
    return values


def everything() -> list[Event]:
    """Each event type of each family once, on contacts of their own and on one together."""
    events = []
    for number, (family, kind) in enumerate(EVENT_TYPES.values()):
        for contact in (f"{family}-all", f"{family}-{number}"):
            events.append(
                event(event_name(kind), number, contact=contact, family=family, id=f"{contact}-{number}", source=f"/{number}", **filled(kind))
            )
    return events


@pytest.fixture(scope="module")
def shard() -> Shard:
    judged = Shard(policy(ALERTING)).send(*everything(), t=300)
    for seconds in (300, 4000, 50_000):
        judged.tick(seconds)
    return judged.drain()


def test_every_event_type_was_accepted_and_much_was_said(shard: Shard) -> None:
    assert not shard.rejects
    assert len(shard.verdicts()) > 1
    assert {alert.kind for alert in shard.alerts()} >= {"breach", "flow"}


@pytest.mark.parametrize("secret", [PHONE, PERSON, "南京路"])
def test_nothing_personal_is_published(shard: Shard, secret: str) -> None:
    published = [output for output in shard.outputs if output.topic in READ]
    assert {output.topic for output in published} == READ
    assert [o for o in published if secret.encode() in (o.value or b"") or secret.encode() in o.key] == []
    assert [o for o in published for name, value in o.headers if secret.encode() in value or secret in name] == []


@pytest.mark.parametrize("secret", [PHONE, PERSON, "南京路"])
def test_nothing_personal_is_on_metrics(shard: Shard, secret: str) -> None:
    assert [sample for sample in translated(shard.processor.samples()) if any(secret in label for label in sample.labels)] == []


class Hashing(Shard):
    """A shard whose door has a key."""

    def __init__(self, of: Policy) -> None:
        super().__init__(msgspec.structs.replace(of, privacy=Privacy()))
        self.processor = ContactsProcessor(0, self.state, of, 1, KEY)


def test_with_privacy_the_state_never_held_a_key_or_a_withheld_field() -> None:
    shard = Hashing(policy(PERSONAL)).send(
        event(
            "workorder.created",
            0,
            customer_key=PHONE,
            service_key="02588886666",
            location=STORY,
            symptom=STORY,
            agent_id="W1234",
            request_type="fault",
        )
    )
    state = b"".join(shard.tick(10).drain().state.values())
    for secret in (PHONE, "02588886666", "南京路", "W1234"):
        assert secret.encode() not in state
    assert keyed_hash(PHONE, KEY).encode() in state


def test_the_same_customer_has_the_same_name_on_every_channel_and_another_under_another_key() -> None:
    door = Door(Privacy(hash_here=True), KEY)
    names = {door.enter(event(name, 0, customer_key=PHONE)).data.customer_key for name in ("call.queued", "chat.opened", "workorder.created")}
    assert names == {keyed_hash(PHONE, KEY)}
    assert keyed_hash(PHONE, KEY) != keyed_hash(PHONE, b"another key")
    assert len(keyed_hash(PHONE, KEY)) == 32


def test_the_hash_is_the_hmac_of_rfc_4231() -> None:
    assert keyed_hash("what do ya want for nothing?", b"Jefe") == "5bdcc146bf60754e6a042426089575c7"


def test_a_withheld_symptom_is_still_known_to_have_been_told() -> None:
    data = Door(Privacy(withhold=("agent_id", "symptom")), b"").enter(event("workorder.created", 0, symptom=STORY, agent_id="W1")).data
    assert msgspec.to_builtins(data) == {"type": "workorder.created", "symptom": "withheld"}


def test_a_policy_that_hashes_needs_the_key() -> None:
    with pytest.raises(PolicyError, match="SLA_CUSTOMER_HASH_KEY"):
        ContactsProcessor(0, {}, policy(PERSONAL), 1)


def test_without_privacy_events_pass_as_they_are() -> None:
    assert Door(Privacy(), b"").is_open
