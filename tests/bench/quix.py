"""The same processor in a Quix Streams application with its RocksDB state and changelog.

python -m tests.bench.quix BOOTSTRAP APPLICATION TOPIC EVENTS
"""

import os
import sys
from typing import Any

from quixstreams import Application, message_context

from tests.bench.peer import Peer, Stopwatch
from tests.bench.policies import bench_policy


def main() -> None:
    """Run until the given number of events were handled."""
    bootstrap, application, topic_name, count = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
    app = Application(
        broker_address=bootstrap,
        consumer_group=application,
        auto_offset_reset="earliest",
        state_dir=f"/tmp/{application}",
        commit_interval=1.0,
        topic_create_timeout=60,
        loglevel="ERROR",
    )
    events = app.topic(topic_name, value_deserializer="bytes", key_deserializer="bytes")
    out = app.topic(f"{application}-out", value_serializer="bytes", key_serializer="bytes")
    peer, watch = Peer(bench_policy(), 4), Stopwatch(count)
    producer = app.get_producer()

    def handle(value: bytes, key: bytes, timestamp: int, headers: Any, state: Any) -> None:
        context = message_context()
        effects = peer.handle(context.partition, context.offset, key, value, tuple(headers or ()), timestamp * 1000)
        for name, content in effects.changes.items():
            if content is None:
                state.delete(name.decode("latin-1"))
            else:
                state.set_bytes(name.decode("latin-1"), content)
        for output in effects.outputs:
            producer.produce(out.name, key=output.key, value=output.value)
        if watch.tick():
            os._exit(0)

    app.dataframe(events).update(handle, stateful=True, metadata=True)
    app.run()


if __name__ == "__main__":
    main()
