"""Small parts of the runtime, each by a table of rules."""

from base64 import b64decode
from hashlib import sha256

import msgspec
import pytest

from agents.app import make_app
from agents.runtime.connection import client_options
from agents.runtime.counters import ProcessorCounters
from agents.runtime.health import Health
from agents.runtime.positions import Positions, read_positions
from agents.runtime.rejects import BadShare
from agents.runtime.settings import ProcessorSpec, RuntimeSettings, Security, check_settings
from agents.runtime.store import PartitionState
from agents.runtime.ticks import TickGate, encode_tick
from monitor.deadletters import dead_letter, read_dead_letter
from monitor.errors import SettingsError, StateError
from monitor.policy.book import Policies
from monitor.processing import Record, Reject
from schemas.instants import SECOND
from schemas.limits import VALUE_BYTES
from schemas.policies import PolicyRecord
from schemas.ticks import Tick
from tests.runtime.raws import raw
from tests.runtime.toys import Deadlines

MINUTE_US = 60 * SECOND


def gate(settings: RuntimeSettings, policies: Policies | None = None) -> tuple[TickGate, ProcessorCounters]:
    counters = ProcessorCounters()
    return TickGate("ticks", settings, counters, policies or Policies()), counters


TICKS = [
    pytest.param({}, 0, 100 * SECOND, True, {}, id="a tick near its append time is taken"),
    pytest.param({}, 0, 161 * SECOND, False, {"clock": 1}, id="a tick 61 s before its append time is refused"),
    pytest.param({}, 0, 39 * SECOND, False, {"clock": 1}, id="a tick 61 s after its append time is refused"),
    pytest.param({"clock": "external"}, 0, 10**15, True, {}, id="an external clock may say what it likes"),
    pytest.param({}, 100 * SECOND, 100 * SECOND, False, {}, id="a T that was judged is not judged again"),
    pytest.param({}, 99 * SECOND, 100 * SECOND, True, {}, id="a T above the judged one is taken"),
]


@pytest.mark.parametrize(("options", "judged_at", "appended_at", "taken", "refused"), TICKS)
def test_a_tick_is_taken_skipped_or_refused(options: dict[str, str], judged_at: int, appended_at: int, taken: bool, refused: dict[str, int]) -> None:
    settings = msgspec.convert(options, RuntimeSettings)
    subject, counters = gate(settings)
    record = raw(0, encode_tick(Tick(100 * SECOND, 100 * SECOND, {}, "p")), timestamp=appended_at // 1000)
    assert (subject.admit(record, judged_at) is not None) is taken
    assert dict(counters.ticks_refused) == refused


def test_rubbish_on_a_tick_topic_is_refused() -> None:
    subject, counters = gate(RuntimeSettings())
    assert subject.admit(raw(0, b"\xc1"), 0) is None
    assert counters.ticks_refused == {"malformed": 1}


def test_a_tick_waits_until_the_policy_that_it_names_was_read() -> None:
    """Design §4: judged without it, the verdicts would be those of another policy."""
    policies = Policies()
    subject, _ = gate(RuntimeSettings(), policies)
    tick = Tick(SECOND, SECOND, {}, "v1")
    assert subject.admit(raw(0, encode_tick(tick), timestamp=1000), 0) == tick
    assert (subject.may_go(tick), subject.waits_for) == (False, "v1")
    policies.add(PolicyRecord(version="v1", yaml="title: one"))
    assert (subject.may_go(tick), subject.waits_for) == (True, "")


def test_a_tick_of_a_policy_that_does_not_compile_waits_for_a_program_that_can() -> None:
    policies = Policies()
    policies.add(PolicyRecord(version="v1", yaml="clocks: 3"))
    subject, _ = gate(RuntimeSettings(), policies)
    assert not subject.may_go(Tick(SECOND, SECOND, {}, "v1"))
    assert "clocks" in policies.why_not("v1")


def test_a_tick_without_a_policy_goes_under_that_of_the_shard() -> None:
    subject, _ = gate(RuntimeSettings())
    assert subject.may_go(Tick(SECOND, SECOND, {}, ""))


def test_positions_survive_encoding_and_only_grow() -> None:
    positions = Positions({"a": 3}, judged_at=7)
    assert not positions.reach("a", 2)
    assert positions.reach("b", 1)
    assert read_positions(positions.encode()) == Positions({"a": 3, "b": 1}, judged_at=7)
    assert read_positions(None) == Positions({})


@pytest.mark.parametrize("stored", [b"rubbish", msgspec.msgpack.encode([{}, 0, 2])], ids=["rubbish", "a later version"])
def test_positions_of_another_program_are_refused(stored: bytes) -> None:
    with pytest.raises(StateError):
        read_positions(stored)


SHARES = [
    pytest.param([(50, 40)], False, id="below the minimum it says nothing"),
    pytest.param([(100, 6)], True, id="above the limit it alarms"),
    pytest.param([(100, 5)], False, id="at the limit it does not"),
    pytest.param([(900, 0), (200, 40)], False, id="old good records still count"),
    pytest.param([(1000, 0), (1000, 0), (1000, 0), (400, 200)], True, id="old good records fade"),
]


@pytest.mark.parametrize(("steps", "alarm"), SHARES)
def test_the_bad_share_of_a_source_alarms(steps: list[tuple[int, int]], alarm: bool) -> None:
    share = BadShare(0.05, 100)
    started = False
    for seen, bad in steps:
        started = share.update("t", seen, bad)
    assert started is alarm
    assert ("t" in share.alarmed) is alarm


def test_the_bad_share_alarms_once_until_it_was_good_again() -> None:
    share = BadShare(0.05, 10)
    assert share.update("t", 10, 5)
    assert not share.update("t", 1, 1)
    assert not share.update("t", 1000, 0)
    assert share.alarmed == set()
    assert share.update("t", 100, 100)


def test_health_follows_assignment_and_recovery() -> None:
    now = 0.0
    health = Health(300, lambda: now)
    assert health.ready(True, False, []) == (False, "rebalancing")
    assert health.ready(False, False, [])[0] is False
    now = 301
    assert health.alive()[0] is False
    health.recovered()
    assert health.alive() == (True, "ok")
    assert health.recovery_seconds == 301
    assert health.ready(False, True, []) == (True, "ok")
    ready, reason = health.ready(False, True, [("contacts/1", "boom")])
    assert ready
    assert "degraded" in reason
    assert "contacts/1" in reason
    health.rebalance_started()
    now = 400
    assert health.alive()[0] is True
    now = 602
    assert health.alive()[0] is False


def test_a_dead_letter_keeps_position_bytes_and_headers_and_is_bounded() -> None:
    headers = tuple((f"h{number}", b"x" * 1000) for number in range(100))
    record = Record("sla.calls", 2, 17, b"\xff\x00" * 1000, b"v" * 200_000, headers, 1_600_000_000_000_000)
    output = dead_letter(Reject(record, "too_large", "d" * 5000, "$.id", "c"))
    letter = read_dead_letter(output.value or b"")
    assert output.key == b"sla.calls|2|17"
    assert (letter.topic, letter.partition, letter.offset, letter.reason, letter.path, letter.contact) == (
        "sla.calls",
        2,
        17,
        "too_large",
        "$.id",
        "c",
    )
    assert b64decode(letter.value or "") == b"v" * VALUE_BYTES
    assert (letter.length, letter.sha256) == (200_000, sha256(b"v" * 200_000).hexdigest())
    assert b64decode(letter.key or "") == (b"\xff\x00" * 1000)[:1024]
    assert len(letter.headers) + letter.headers_left_out == 100
    assert dict(output.headers)["ce_id"] == b"sla.calls|2|17"
    assert letter.timestamp == "2020-09-13T12:26:40Z"
    assert len(output.value or b"") < 300_000


def test_a_dead_letter_of_an_empty_record_says_so() -> None:
    letter = read_dead_letter(dead_letter(Reject(Record("t", 0, 0, None, None), "tombstone", "no value")).value or b"")
    assert (letter.key, letter.value, letter.length) == (None, None, 0)


def test_state_counts_its_bytes_and_hides_the_reserved_key() -> None:
    state = PartitionState()
    state.merge(b"\x00positions", b"p")
    state.merge(b"a", b"123")
    state.merge(b"a", b"12345")
    state.merge(b"b", b"1")
    state.merge(b"b", None)
    state.merge(b"c", None)
    assert state.values == {b"a": b"12345"}
    assert state.size_bytes == 6
    assert state.positions == b"p"


def spec(name: str, *sources: str, tick: str | None = None) -> ProcessorSpec:
    return ProcessorSpec(name=name, sources=sources, tick_topic=tick, factory=Deadlines)


BAD_SETTINGS = [
    pytest.param(RuntimeSettings(), (), id="no processor"),
    pytest.param(RuntimeSettings(), (spec("a", "t"), spec("b", "t")), id="two processors on one topic"),
    pytest.param(RuntimeSettings(membership="static"), (spec("a", "t"),), id="static membership without an instance id"),
    pytest.param(RuntimeSettings(session_timeout_seconds=6, heartbeat_interval_seconds=3), (spec("a", "t"),), id="heartbeats too slow"),
    pytest.param(RuntimeSettings(drain_seconds=60), (spec("a", "t"),), id="a drain longer than a rebalance"),
]


@pytest.mark.parametrize(("settings", "specs"), BAD_SETTINGS)
def test_settings_that_cannot_work_are_refused(settings: RuntimeSettings, specs: tuple[ProcessorSpec, ...]) -> None:
    with pytest.raises(SettingsError):
        check_settings(settings, specs)


def test_a_protected_broker_is_reached_by_every_client_with_the_same_settings() -> None:
    settings = RuntimeSettings(bootstrap="a:1,b:2", security=Security(tls=True, sasl_mechanism="SCRAM-SHA-512", sasl_username="u", sasl_password="p"))
    options = client_options(settings)
    assert options["security_protocol"] == "SASL_SSL"
    assert (options["sasl_mechanism"], options["sasl_plain_username"], options["sasl_plain_password"]) == ("SCRAM-SHA-512", "u", "p")
    app = make_app(settings, [spec("a", "t")])
    assert [str(url) for url in app.conf.broker_consumer] == ["kafka://a:1", "kafka://b:2"]
    assert app.conf.broker_credentials.protocol.value == "SASL_SSL"
    assert app.conf.broker_credentials.mechanism.value == "SCRAM-SHA-512"
    assert app.conf.broker_credentials.ssl_context is not None


def test_tls_files_that_cannot_be_read_are_a_settings_error() -> None:
    with pytest.raises(SettingsError, match="TLS files"):
        client_options(RuntimeSettings(security=Security(tls=True, ca_file="/nowhere.pem")))
