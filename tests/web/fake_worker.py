"""A worker that says what a test tells it to say."""

from collections.abc import Iterable, Mapping

from monitor.processing import Sample
from monitor.web import About
from monitor.web.view import ContactsShard


class FakeWorker:
    """The pages' view of a worker, made by hand."""

    def __init__(self, samples: Iterable[Sample] = ()) -> None:
        self.values = list(samples)
        self.unready: str | None = None
        self.dead: str | None = None
        self.about = About(application="sla-monitor", worker="w1", version="0.1.0", policy="abc123")
        self.named_queues: frozenset[str] = frozenset()
        self.partitions = 4
        self.shards: dict[int, ContactsShard] = {}

    def contacts(self) -> Mapping[int, ContactsShard]:
        return self.shards

    def parts(self) -> list[list[Sample]]:
        return [self.values[:5], self.values[5:]]

    def not_ready(self) -> str | None:
        return self.unready

    def not_alive(self) -> str | None:
        return self.dead
