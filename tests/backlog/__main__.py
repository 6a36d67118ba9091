"""``make backlog``: a worker killed before a busy hour returns to all of it; no contact may be called late that was not (P36).

    python -m tests.backlog

Prints ``false``, ``lost``, ``retracted`` and the decision lag; exits 1 unless the first three are zero and the lag is gone.
"""

import json
import signal
import sys
import time
from datetime import UTC, datetime, timedelta

from monitor.sources.arrival import Arrival
from monitor.sources.registry import open_source
from schemas.instants import SECOND, Instant
from schemas.topics import ALERTS, CALLS, CHATS, CONTACTS_TICKS, DEAD_LETTERS, QUEUE_PANES, WORK_ORDERS
from tests.backlog.expected import breaches
from tests.live.installation import Installation
from tests.live.log import lag, latest, read_topic
from tests.live.scrape import fetch, scrape
from tests.live.sending import publish

EVEN_DAY = json.dumps([1.0] * 288)
MODEL = {"profile": EVEN_DAY, "seed": "11", "calls_per_day": "60000", "chats_per_day": "12000", "orders_per_day": "6000"}
SOURCES = (CALLS, CHATS, WORK_ORDERS)


def traffic(until: Instant) -> list[Arrival]:
    """The hour of made traffic that ends now; contacts that are still open then stay open."""
    start = datetime.fromtimestamp(until / SECOND, UTC) - timedelta(hours=1)
    options = {**MODEL, "start": start.isoformat(), "days": str(1 / 24)}
    return [arrival for arrival in open_source("traffic", None, options).arrivals if arrival.delivered_at < until]


def decision_lag(port: int) -> float:
    """The largest lag of any shard, NaN-free; 0 while nothing is known."""
    return max((value for (name, _), value in scrape(port).items() if name == "sla_decision_lag_seconds"), default=0.0)


def main() -> int:
    """Run, kill, fall behind by an hour, return, compare with what the events themselves say."""
    with Installation("backlog") as installation:
        installation.start("w1", SLA_VERDICT_DELAY_SECONDS="3600")  # its T stands an hour ago: that is where it was killed
        port = installation.ports["w1"]
        installation.wait_until("the worker is ready", lambda: fetch(port, "/readyz")[0] == 200)
        panes = installation.topic(QUEUE_PANES)
        installation.wait_until("its T is committed", lambda: bool(read_topic(installation.bootstrap, panes)))
        installation.stop("w1", signal.SIGKILL)
        now = time.time_ns() // 1000
        arrivals = traffic(now)
        publish(installation, (arrival.event for arrival in arrivals))
        returned = time.monotonic()
        installation.start("w1")
        worst = follow(installation, port)
        print(f"events: {len(arrivals)}\ndecision_lag_seconds_max: {worst:.1f}\ncaught_up_seconds: {time.monotonic() - returned:.1f}")
        installation.wait_until("the decision lag is gone", lambda: 0 < decision_lag(port) < 2.0, 30)
        print(f"decision_lag_seconds_end: {decision_lag(port):.2f}")
        alerts = read_topic(installation.bootstrap, installation.topic(ALERTS), installation.partitions)
        seen_at = time.time_ns() // 1000
        letters = read_topic(installation.bootstrap, installation.topic(DEAD_LETTERS), installation.partitions)
        installation.stop("w1")
    return report([json.loads(value) for value in latest(alerts).values()], arrivals, now, seen_at, len(letters))


def follow(installation: Installation, port: int) -> float:
    """Watch the decision lag until everything is applied; the worst that was seen."""
    worst = 0.0
    topics = [installation.topic(name) for name in (*SOURCES, CONTACTS_TICKS, QUEUE_PANES)]

    def done() -> bool:
        nonlocal worst
        worst = max(worst, decision_lag(port))
        return fetch(port, "/readyz")[0] == 200 and lag(installation.bootstrap, installation.run, topics[:3]) == 0

    installation.wait_until("the backlog is applied", done, 600, every=0.2)
    return worst


def report(alerts: list[dict[str, object]], arrivals: list[Arrival], from_at: Instant, to_at: Instant, letters: int) -> int:
    """Compare the breaches that were told with those that the events prove."""
    told = {(a["family"], a["contact"], a["clock"], a["cycle"]) for a in map(_named, alerts) if a["kind"] == "breach"}
    retracted = sum(alert["state"] == "retracted" for alert in alerts)
    certain, possible = breaches(arrivals, from_at), breaches(arrivals, to_at)
    false, lost = told - possible, certain - told
    print(f"breaches: {len(told)}\nfalse: {len(false)}\nlost: {len(lost)}\nretracted: {retracted}\ndead_letters: {letters}")
    for name, items in (("false", false), ("lost", lost)):
        for item in sorted(items, key=str)[:3]:
            print(f"  {name}: {item}")
    return 1 if false or lost or retracted or letters else 0


def _named(alert: dict[str, object]) -> dict[str, object]:
    labels = alert.get("labels")
    assert isinstance(labels, dict)
    return {**alert, "family": labels.get("family")}


if __name__ == "__main__":
    sys.exit(main())
