"""Run one worker in this process: start Faust, watch for the end, stop within ten seconds with nothing half done."""

import asyncio
import contextlib
import logging
import os
import signal
from collections.abc import Awaitable, Callable, Iterator, Sequence

from agents.app import MonitorApp, make_app
from agents.policies import PolicyFollower
from agents.runtime.exits import Exit, leave
from agents.runtime.runtime import Runtime
from agents.runtime.settings import ProcessorSpec, RuntimeSettings
from agents.runtime.topics import require_topics
from monitor.collector import look_seldom

log = logging.getLogger("sla.runtime")

STOP_SECONDS = 4.0
LEAVE_SECONDS = 4.0

Hook = Callable[[Runtime], Awaitable[None]]
Prepare = Callable[[], Awaitable[PolicyFollower]]


def run(
    settings: RuntimeSettings,
    specs: Sequence[ProcessorSpec],
    on_started: Hook | None = None,
    on_stopping: Hook | None = None,
    policies: Prepare | None = None,
) -> int:
    """Run until SIGTERM, SIGINT or a crash; returns the exit code (``agents.runtime.exits.Exit``).

    Raises SettingsError and BrokerError before anything is started. ``on_started`` is called once the event loop runs, before the
    state is recovered (a web server shows "not ready" meanwhile); ``on_stopping`` first thing at the end. ``policies`` is called before
    anything else: the follower it returns has read every version.
    """
    look_seldom()
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        return loop.run_until_complete(_serve(settings, specs, on_started, on_stopping, policies))
    finally:
        asyncio.set_event_loop(None)
        loop.close()


async def _serve(
    settings: RuntimeSettings, specs: Sequence[ProcessorSpec], on_started: Hook | None, on_stopping: Hook | None, policies: Prepare | None
) -> int:
    with _silent_client():
        await require_topics(settings, specs)
        follower = None if policies is None else await policies()
    app = make_app(settings, specs, None if follower is None else follower.policies)
    app.in_worker = True
    runtime = app.hooks
    if follower is not None:
        follower.on_new = runtime.policy_came
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    if on_started is not None:
        await on_started(runtime)
    starting = asyncio.ensure_future(app.start())
    runtime.ticker.start()
    code = await _watch(app, starting, ended)
    loop.call_later(STOP_SECONDS + LEAVE_SECONDS, _overdue, code)
    if on_stopping is not None:
        await on_stopping(runtime)
    await runtime.stop()
    if follower is not None:
        await follower.stop()
    await _stop_faust(app, starting)
    return int(code)


@contextlib.contextmanager
def _silent_client() -> Iterator[None]:
    """While the broker is looked for, the error that is raised says it all; the client need not say it too."""
    client = logging.getLogger("aiokafka")
    level = client.level
    client.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        client.setLevel(level)


async def _watch(app: MonitorApp, starting: "asyncio.Future[None]", ended: asyncio.Event) -> Exit:
    """Wait for a signal or a crash of the application."""
    asked = asyncio.create_task(ended.wait())
    crashed = asyncio.create_task(app._crashed.wait())
    waiting: set[asyncio.Future[object]] = {asked, crashed, starting}  # type: ignore[arg-type]
    while True:
        done, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        if starting in done and starting.exception() is None and not crashed.done() and not asked.done():
            waiting.discard(starting)
            continue
        break
    for task in (asked, crashed):
        task.cancel()
    if ended.is_set():
        return Exit.OK
    reason = app.crash_reason or (starting.exception() if starting.done() else None)
    log.critical("the worker crashed: %r", reason, exc_info=reason)
    return Exit.CRASHED


async def _stop_faust(app: MonitorApp, starting: "asyncio.Future[None]") -> None:
    """Leave the group so that others take over at once; everything of ours is committed already."""
    with contextlib.suppress(TimeoutError, asyncio.CancelledError):
        async with asyncio.timeout(LEAVE_SECONDS):
            await app.consumer.commit()
            await app.stop()
    starting.cancel()
    await asyncio.gather(starting, return_exceptions=True)


def _overdue(code: Exit) -> None:
    """State and outputs are in transactions: ending now leaves nothing half done."""
    if code is Exit.OK:
        logging.shutdown()
        os._exit(0)
    leave(code, "the end took too long")
