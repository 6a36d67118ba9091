"""The obvious Faust app: an agent that calls the processor and writes a table for every event.

python -m tests.bench.plain_faust BOOTSTRAP APPLICATION TOPIC EVENTS
"""

import os
import sys
from typing import Any

import faust

from tests.bench.peer import Peer, Stopwatch
from tests.bench.policies import bench_policy


def main() -> None:
    """Run until the given number of events were handled."""
    bootstrap, application, topic_name, count = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
    app = faust.App(
        application,
        broker=f"kafka://{bootstrap}",
        store="memory://",
        topic_partitions=4,
        topic_replication_factor=1,
        topic_disable_leader=True,
        table_standby_replicas=0,
        stream_wait_empty=False,
        web_enabled=False,
        datadir=f"/tmp/{application}",
    )
    raw: dict[str, Any] = {"key_type": bytes, "value_type": bytes, "key_serializer": "raw", "value_serializer": "raw"}
    events = app.topic(topic_name, **raw)
    contacts = app.Table("contacts", partitions=4, key_type=bytes, value_type=bytes)
    peer, watch = Peer(bench_policy(), 4), Stopwatch(count)

    @app.agent(events)  # type: ignore[untyped-decorator]
    async def judge(stream: Any) -> None:
        async for event in stream.events():
            message = event.message
            at = int(message.timestamp * 1_000_000)
            headers = tuple(message.headers.items() if isinstance(message.headers, dict) else message.headers)
            effects = peer.handle(message.partition, message.offset, message.key, message.value, headers, at)
            for key, value in effects.changes.items():
                if value is None:
                    contacts.pop(key, None)
                else:
                    contacts[key] = value
            for output in effects.outputs:
                await app.send(f"{application}-out", key=output.key, value=output.value, key_serializer="raw", value_serializer="raw")
            if watch.tick():
                os._exit(0)

    faust.Worker(app, loglevel="ERROR").execute_from_commandline()


if __name__ == "__main__":
    main()
