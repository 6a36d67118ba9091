"""Ticks as a shard sees them: which it takes, which it skips, which it refuses (design §4).

A tick whose T is not above the last judged T is skipped: T never goes back. One whose clock is far from the time at which the
broker appended it is refused: somebody's clock is wrong. One that names a policy version which this worker has not read yet
waits: the shard goes on when the version has come.
"""

import logging

import msgspec

from agents.runtime.counters import ProcessorCounters
from agents.runtime.settings import RuntimeSettings
from agents.runtime.slices import Raw
from monitor.policy.book import Policies
from schemas.instants import SECOND, Instant, seconds_of
from schemas.ticks import Tick

log = logging.getLogger("sla.runtime")

_decoder = msgspec.msgpack.Decoder(Tick)
encode_tick = msgspec.msgpack.Encoder().encode


class TickGate:
    """Decides about every tick of one shard; refusals are counted by reason: ``malformed``, ``clock``.

    ``waits_for`` is the policy version that the next tick names and that is not there yet, empty while none is missing.
    """

    def __init__(self, topic: str, settings: RuntimeSettings, counters: ProcessorCounters, policies: Policies) -> None:
        self.topic = topic
        self._counters = counters
        self._tolerance_us = None if settings.clock == "external" else int(settings.tick_tolerance_seconds * SECOND)
        self._policies = policies
        self.waits_for = ""

    def admit(self, raw: Raw, judged_at: Instant) -> Tick | None:
        """The tick to judge, or None for one that is skipped or refused; depends on the log alone."""
        try:
            tick = _decoder.decode(raw.value or b"")
        except msgspec.DecodeError as error:
            self._refuse("malformed", raw, str(error))
            return None
        off_us = abs(tick.clock_at - raw.timestamp * 1000)
        if self._tolerance_us is not None and off_us > self._tolerance_us:
            self._refuse("clock", raw, f"its clock is {seconds_of(off_us)} s away from the broker's")
            return None
        if tick.t <= judged_at:
            self._counters.ticks_skipped += 1
            return None
        return tick

    def may_go(self, tick: Tick) -> bool:
        """Whether the version that a tick names is loaded; a tick without a name goes under the shard's own."""
        if not tick.policy or self._policies.usable(tick.policy):
            self.waits_for = ""
            return True
        if self.waits_for != tick.policy:
            self.waits_for = tick.policy
            log.warning("%s waits for policy %s: %s", self.topic, tick.policy, self._policies.why_not(tick.policy))
        return False

    def _refuse(self, reason: str, raw: Raw, detail: str) -> None:
        self._counters.ticks_refused[reason] += 1
        log.error("tick refused (%s) at %s/%d offset %d: %s", reason, self.topic, raw.partition, raw.offset, detail)
