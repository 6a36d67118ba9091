"""``sla-monitor worker``: the service."""

import logging
import platform
import sys
from typing import Any

import click
import msgspec

from agents.policies import PolicyFollower
from agents.runtime.runtime import Runtime
from agents.worker import run
from monitor.console.own_policy import bring, own_policy
from monitor.console.policies import settings
from monitor.console.wiring import hash_key_of, processors, runtime_settings
from monitor.console.worker_view import RunningWorker
from monitor.policy.book import Policies
from monitor.settings import Settings
from monitor.web import WebServer

log = logging.getLogger("sla.worker")


@click.command()
@click.option("--policy", help="YAML file, folder of overlays, or name of a shipped policy  [default: SLA_POLICY, else default]")
@click.option("--port", type=click.IntRange(1, 65535), help="port of the web pages  [default: SLA_WEB_PORT]")
@click.option("--clock", type=click.Choice(["wall", "external"]), help="external: ticks come from `publish --drive-clock`  [default: SLA_CLOCK]")
@click.option("--accept-gap", is_flag=True, help="go on although a source was truncated before it was read")
def command(policy: str | None, port: int | None, clock: str | None, accept_gap: bool) -> int:
    """Run one worker until SIGTERM or Ctrl-C: reads contact events, judges them, serves /metrics, /healthz, /readyz and /.

    Start as many as there are partitions at most; they share the work and take over from each other. They run the newest policy on
    Kafka: one that is named here (--policy or SLA_POLICY) and is not there is published first; without any, the shipped default is.
    """
    given = {"web_port": port, "clock": clock, "accept_gap": accept_gap or None}
    chosen = msgspec.structs.replace(settings(), **{name: value for name, value in given.items() if value is not None})
    hash_key, runtime_options = bool(hash_key_of(chosen)), runtime_settings(chosen)
    own, policies = own_policy(policy, hash_key=hash_key), Policies(hash_key=hash_key)
    _log_to_standard_error(chosen)
    pages: list[WebServer] = []

    async def prepare() -> PolicyFollower:
        await bring(runtime_options, own)
        follower = PolicyFollower(runtime_options, policies)
        await follower.start()
        return follower

    async def started(runtime: Runtime) -> None:
        view = RunningWorker(runtime, policies, chosen.worker or platform.node())
        server = WebServer(view, chosen.web_host, chosen.web_port, chosen.metric_queues)
        await server.start()
        pages.append(server)
        about = view.about
        log.info("policy %s (%s); broker %s; pages on %s/", about.policy_title, about.policy, chosen.bootstrap, server.address)

    async def stopping(_runtime: Runtime) -> None:
        for server in pages:
            await server.stop()

    return run(runtime_options, processors(chosen, policies), started, stopping, prepare)


class JsonLines(logging.Formatter):
    """One JSON object for each message."""

    def format(self, record: logging.LogRecord) -> str:
        """Time, level, logger, message, and the traceback where there is one."""
        entry: dict[str, Any] = {
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            entry["trace"] = self.formatException(record.exc_info)
        return msgspec.json.encode(entry).decode()


def _log_to_standard_error(chosen: Settings) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if chosen.log_format == "json" else logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=chosen.log_level, handlers=[handler], force=True)
    logging.getLogger("agents").setLevel(logging.WARNING)  # Faust's services speak in the name of the module that defines them
