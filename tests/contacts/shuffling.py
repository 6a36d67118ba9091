"""The same events twice: in order at once, and shuffled, doubled, with ticks and restarts in between (the any-order property)."""

from hypothesis import strategies as st

from monitor.policy.model import Policy
from schemas.event import Event
from tests.contacts.driving import Shard


def straight_and_shuffled(policy: Policy, events: list[Event], end: float, data: st.DataObject) -> tuple[Shard, Shard]:
    """Both shards as of ``end`` seconds."""
    straight = Shard(policy).send(*sorted(events, key=lambda e: (e.at, e.sequence, e.source, e.id)), t=end).tick(end)
    mixed = Shard(policy)
    arrivals = data.draw(st.permutations(events)) + data.draw(st.lists(st.sampled_from(events), max_size=3))
    for n, each in enumerate(arrivals):
        mixed.send(each, t=end)
        how = data.draw(st.sampled_from(["", "", "tick", "restart"]))
        if how == "tick":
            mixed.tick(end - 1000 + n)
        elif how == "restart":
            mixed.restart()
    return straight, mixed.tick(end)
