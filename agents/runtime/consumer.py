"""The consumer: Faust's group life cycle, delivering slices and nothing that does not join exactly to what came before.

Faust resumes partitions before it seeks them, drops what arrives while its flow is stopped and may fetch from a stale
position; so every partition has an expected position, set only by a seek, and a slice that does not start there is dropped and
read again. Both rebalance callbacks end the process when they fail: aiokafka swallows their exceptions and would hang.
"""

import asyncio
import traceback
from collections.abc import AsyncIterator, Mapping
from typing import Any, cast

from faust.transport.drivers import aiokafka as driver
from faust.types import TP, ConsumerMessage

from agents.runtime.exits import Exit, leave
from agents.runtime.hooks import Hooks
from agents.runtime.slices import Slice, SliceThread

POLL_SECONDS = 0.2
AHEAD_ATTEMPTS = 20


class SliceConsumer(driver.Consumer):  # type: ignore[misc]  # Faust is untyped
    """One message per slice: ``value`` is the slice, ``offset`` the last position that it covers."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._expected: dict[TP, int] = {}

    @property
    def _hooks(self) -> Hooks:
        return cast(Hooks, cast(Any, self.app).hooks)

    def _new_consumer_thread(self) -> SliceThread:
        return SliceThread(self, loop=self.loop, beacon=self.beacon)

    async def create_topic(self, *_args: Any, **_kwargs: Any) -> None:
        """Topics are made by ``sla-monitor topics`` and verified before the start, never by Faust."""

    # -- rebalances ---------------------------------------------------------------------------------------------------

    def stop_flow(self) -> None:
        """Nothing is expected until the next seek."""
        self._expected.clear()
        super().stop_flow()

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        """Bring the shards to rest before the group is joined again."""
        self._expected.clear()
        try:
            await self._hooks.before_revoked()
            await super().on_partitions_revoked(revoked)
        except BaseException:
            self._fail(Exit.REVOKE_FAILED, "the shards could not be brought to rest before a rebalance")

    async def on_partitions_assigned(self, assigned: set[TP], generation_id: int = 0) -> None:
        """Fence earlier owners before recovery reads the end of the changelogs."""
        self._expected.clear()
        self._buffered_partitions.clear()
        try:
            await self._hooks.before_assigned({tp.partition for tp in assigned})
            await super().on_partitions_assigned(assigned, generation_id)
        except BaseException:
            self._fail(Exit.ASSIGN_FAILED, "the assigned partitions could not be taken over")

    def _fail(self, code: Exit, message: str) -> None:
        if self.app.should_stop:
            return  # cancelled by an orderly end
        traceback.print_exc()
        leave(code, message)

    # -- positions ----------------------------------------------------------------------------------------------------

    async def seek_wait(self, partitions: Mapping[TP, int]) -> None:
        """Recovery positions the changelogs through this."""
        await super().seek_wait(partitions)
        self._expected.update(partitions)

    async def perform_seek(self) -> None:
        """After recovery: start every input at the position in its shard's state, else at the log's start."""
        inputs = [tp for tp in self.assignment() if not self._hooks.is_changelog(tp.topic)]
        if not inputs:
            return
        firsts = await self.earliest_offsets(*inputs)
        for tp in inputs:
            first = firsts.get(tp) or 0
            position = self._hooks.position(tp)
            if position is None:
                position = first
            elif first > position:
                position = self._hooks.truncated(tp, position, first)
            elif position > 0:
                await self._check_end(tp, position)
            self._hooks.begin_at(tp, position)
            await self.restart_at(tp, position)
            self._tell_group(tp, position)

    def _tell_group(self, tp: TP, position: int) -> None:
        """Whoever applied up to here may have died before it told the group; lag displays read the group's positions."""
        if position > 0:
            self._acked[tp].append(position - 1)

    async def _check_end(self, tp: TP, position: int) -> None:
        """A position behind the log's end means another log; a broker that has just restarted gets time to open it."""
        end = 0
        for _ in range(AHEAD_ATTEMPTS):
            end = (await self.highwaters(tp)).get(tp) or 0
            if position <= end:
                return
            await asyncio.sleep(0.5)
        self._hooks.ahead_of_log(tp, position, end)

    async def restart_at(self, tp: TP, position: int) -> None:
        """Read this partition from here, and accept only what starts here.

        Said before the seek: records flow meanwhile, and what comes while nothing is expected is dropped and not read again; in a
        partition that then stays silent it would be missing for ever. Faust passes over what is below its own read position.
        """
        self._expected[tp] = position
        self._read_offset[tp] = position or None
        await self.seek(tp, position)

    async def _read_again(self, tp: TP, piece: Slice) -> None:
        expected = self._expected.get(tp)
        if expected is None or tp not in self.assignment():
            return
        if piece.out_of_range and not self._hooks.is_changelog(tp.topic):
            first = (await self.earliest_offsets(tp)).get(tp) or 0
            if first > expected:
                expected = self._hooks.truncated(tp, expected, first)
                self._hooks.begin_at(tp, expected)
        await self.restart_at(tp, expected)

    def log_ends(self, tp: TP) -> tuple[int | None, int | None]:
        """High watermark and last stable offset as of the last fetch, None where nothing was fetched yet."""
        consumer = self._thread._ensure_consumer()
        if tp not in consumer.assignment():
            return None, None
        return consumer.highwater(tp), consumer.last_stable_offset(tp)

    # -- delivery -----------------------------------------------------------------------------------------------------

    async def getmany(self, timeout: float) -> AsyncIterator[tuple[TP, ConsumerMessage]]:  # noqa: ASYNC109 - Faust's signature
        """Yield slices that join to what was delivered before; everything else is read again, never dropped."""
        pieces, active = await self._wait_next_records(min(timeout, POLL_SECONDS))
        generation = self.app.consumer_generation_id
        if pieces is None or self.should_stop:
            return
        for tp, fetched in pieces.items():
            piece = cast(Slice, fetched)
            wanted = active is None or tp in active or tp in self._buffered_partitions
            current = self.flow_active and self.app.consumer_generation_id == generation
            if not (current and wanted and piece.start is not None and piece.start == self._expected.get(tp)):
                await self._read_again(tp, piece)
                continue
            self.app.monitor.track_tp_end_offset(tp, self.highwater(tp))
            self._expected[tp] = piece.next
            yield tp, _message(tp, piece, generation)

    async def _add_gap(self, tp: TP, offset_from: int, offset_to: int) -> None:
        """Slices count positions, not records: there are no gaps to remember."""

    def _new_offset(self, tp: TP) -> int | None:
        """The highest acknowledged position: slices are acknowledged in order, after the commit that covers them."""
        acked = self._acked[tp]
        if not acked:
            return None
        top: int = max(acked)
        acked.clear()
        self._acked_index[tp].clear()
        return top + 1


def _message(tp: TP, piece: Slice, generation: int) -> ConsumerMessage:
    timestamp = piece[-1].timestamp / 1000.0 if piece else 0.0
    value = cast(Any, piece)
    return ConsumerMessage(tp.topic, tp.partition, piece.next - 1, timestamp, 0, [], b"", value, None, 0, 0, tp, generation_id=generation)


class SliceTransport(driver.Transport):  # type: ignore[misc]  # Faust is untyped
    """Faust's aiokafka transport with the slice consumer."""

    Consumer = SliceConsumer
