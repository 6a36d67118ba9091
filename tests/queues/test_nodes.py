"""Orders that sit in a node of their flow: how many, and since when, from events to the samples of a queue shard (R75)."""

from monitor.processing import Record
from monitor.queues.processor import QueuesProcessor
from schemas.topics import QUEUE_PANES
from tests.contacts.driving import Shard, event
from tests.contacts.driving import policy as contacts_policy


def test_nodes_show_how_many_orders_sit_in_them_and_since_when() -> None:
    rules = contacts_policy()
    shard = Shard(rules).send(
        event("workorder.node_entered", 0, contact="a", node="audit"),
        event("workorder.node_entered", 30, contact="b", node="audit"),
        event("workorder.node_entered", 40, contact="c", node="wiring"),
        event("workorder.node_left", 50, contact="c", node="wiring"),
        t=60,
    )
    shard.tick(90)
    queues = QueuesProcessor(0, {}, rules, frozenset({("contacts", 0)}), external_clock=True)
    for offset, output in enumerate(shard.drain().outputs):
        if output.topic == QUEUE_PANES:
            queues.apply(Record(QUEUE_PANES, 0, offset, output.key, output.value), 0)
    shown = {
        (sample.name, sample.labels): sample.value
        for sample in queues.samples()
        if sample.name in ("sla_node_open_contacts", "sla_oldest_open_seconds")
    }
    assert shown == {("sla_node_open_contacts", ("audit",)): 2, ("sla_oldest_open_seconds", ("audit",)): 90}
    assert not [sample for sample in queues.samples() if sample.name == "sla_queue_waiting_contacts" and sample.value]
