"""Where something happened, and which tables it counts in: its queue, channel, region and everything together."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final, NamedTuple

from monitor.policy.model import Scope
from schemas.partition import partition_of

ALL: Final = "all"
NODE: Final = "node"
TOTAL: Final = ""
"""The dimensions of a scope's total, which every booking reaches whatever dimensions the policy splits by."""

Series = tuple[str, str]
"""A scope and its dimensions text: what a table, a presence and an objective are about."""


class Where(NamedTuple):
    """The place of a booking; ``dims`` is the text of ``dimensions_text``, empty when the policy splits by nothing.

    ``facets`` are texts like ``dept=network``, one for each facet of the policy that the place has, by name.
    """

    queue: str | None = None
    channel: str | None = None
    region: str | None = None
    dims: str = TOTAL
    facets: tuple[str, ...] = ()

    def series(self, scopes: Iterable[Scope]) -> tuple[Series, ...]:
        """Return every scope of ``scopes`` that this place has, its total first; what is absent is skipped.

        With ``all`` come the facets: everything of one value together, ``("all", "dept=network")``.
        """
        names = {"queue": self.queue, "channel": self.channel, "region": self.region, ALL: ""}
        found = [scope_text(scope, name) for scope in scopes if (name := names[scope]) is not None]
        dims = (TOTAL,) if self.dims == TOTAL else (TOTAL, self.dims)
        series = tuple((scope, each) for scope in found for each in dims)
        if not self.facets or ALL not in found:
            return series
        return series + tuple((ALL, each) for each in self.facets if each != self.dims)


class NodePlace(NamedTuple):
    """A node of the flow of work orders, in which orders sit (R75): a presence of its own, never one of waiting customers."""

    node: str

    def series(self, scopes: Iterable[Scope]) -> tuple[Series, ...]:
        """Return the scope of the node, whatever scopes the policy counts queues in."""
        return ((scope_text(NODE, self.node), TOTAL),)


def scope_text(scope: str, name: str) -> str:
    """Return the text of a scope: ``queue:PS``, or ``all``."""
    return ALL if scope == ALL else f"{scope}:{name}"


def scope_parts(text: str) -> tuple[str, str]:
    """Return kind and name of a scope text; the name of ``all`` is empty."""
    kind, _, name = text.partition(":")
    return kind, name


@lru_cache(maxsize=10_000)
def scope_partition(scope: str, partitions: int) -> int:
    """Return the partition of everything about a scope, so that all sources of a table meet in one shard."""
    return partition_of(scope.encode(), partitions)


def dimensions_text(names: Iterable[str], values: Mapping[str, str | None]) -> str:
    """Return ``priority=high,vip_tier=vip`` in the order of ``names``; an absent value is left out, its marks are quoted."""
    return ",".join(f"{name}={_quote(value, '%,=')}" for name in names if (value := values.get(name)) is not None)


def facet_text(name: str, value: str) -> str:
    """Return ``dept=network``, the value's marks quoted: the dimensions of a facet's series in scope ``all``."""
    return f"{name}={_quote(value, '%,=')}"


def facet_parts(dims: str) -> tuple[str, str]:
    """Return name and value of a facet's text; two empty texts for a total or for several dimensions."""
    name, mark, value = dims.partition("=")
    return ("", "") if not mark or "," in value else (name, _unquote_marks(value))


def series_label(series: Series) -> str:
    """Return a series as one label: ``queue:PS``, ``all``, or ``dept:network`` for a facet."""
    facet, value = facet_parts(series[1])
    return scope_text(facet, value) if facet else series[0]


def pane_key(series: Series, resolution: str, slot_seconds: int) -> str:
    """Return ``scope|dimensions|resolution|slot`` with any bar inside a name quoted, so that no two panes share a key."""
    return f"{series_key(series)}|{resolution}|{slot_seconds}"


@lru_cache(maxsize=10_000)
def series_key(series: Series) -> str:
    """Return ``scope|dimensions`` with any bar inside a name quoted."""
    scope, dims = series
    return f"{quoted(scope)}|{quoted(dims)}"


def quoted(name: str) -> str:
    """Return a name as one part of a key."""
    return _quote(name, "%|") if "|" in name or "%" in name else name


def unquoted(part: str) -> str:
    """Return the name that a part of a key stands for."""
    return part.replace("%7C", "|").replace("%25", "%") if "%" in part else part


def parse_series(scope: str, dims: str) -> Series:
    """Return the series whose quoted parts stand in a key."""
    return unquoted(scope), unquoted(dims)


_QUOTED: Final = {"%": "%25", "|": "%7C", ",": "%2C", "=": "%3D"}


def _unquote_marks(text: str) -> str:
    for mark in ("=", ",", "%"):
        text = text.replace(_QUOTED[mark], mark)
    return text


def _quote(text: str, marks: str) -> str:
    for mark in marks:  # "%" comes first, so that a quote is never quoted again
        text = text.replace(mark, _QUOTED[mark])
    return text
