"""Which series each place books in, found once a place: its queue's own, and the corners that it shares with other queues."""

from collections.abc import Iterable
from typing import Final

from monitor.panes.facets import FacetValues
from monitor.panes.lines import Line
from monitor.panes.where import ALL, Series, Where
from monitor.policy.model import Scope

_REMEMBERED: Final = 20_000


class Corner:
    """Series that many queues share: those of a channel and region, or those of facets."""

    __slots__ = ("lines",)

    def __init__(self, lines: tuple[Line, ...]) -> None:
        self.lines = lines


class Spot:
    """One place. ``parts`` is how it lies in the state: the place without its facets, and its facets alone, as they are counted."""

    __slots__ = ("corners", "own", "parts")

    def __init__(self, parts: tuple[Where, ...], own: tuple[Line, ...], corners: tuple[Corner, ...]) -> None:
        self.parts, self.own, self.corners = parts, own, corners


class Places:
    """The spots and series of one shard."""

    def __init__(self, scopes: tuple[Scope, ...], facets: FacetValues, partitions: int) -> None:
        self._scopes, self._facets, self._partitions = scopes, facets, partitions
        self.lines: dict[Series, Line] = {}
        self._corners: dict[tuple[Series, ...], Corner] = {}
        self._spots: dict[Where, Spot] = {}

    def lay_out(self, scopes: tuple[Scope, ...]) -> None:
        """Sort places into other scopes from now on."""
        self._scopes = scopes
        self._spots.clear()

    def spot(self, where: Where) -> Spot:
        """The spot of a place in which something is booked."""
        found = self._spots.get(where)
        if found is None:
            if len(self._spots) >= _REMEMBERED:
                self._spots.clear()
            found = self._spots[where] = self.spot_of(self._facets.apart(where) if where.facets else (where,))
        return found

    def spot_of(self, parts: tuple[Where, ...]) -> Spot:
        """The spot of parts as they lie in the state: one that has facets is nothing but them."""
        own: list[Line] = []
        corners: list[Corner] = []
        for part in parts:
            if part.facets:
                corners.append(self._corner((ALL, each) for each in part.facets))
                continue
            shared = part._replace(queue=None).series(self._scopes)
            own += (self.line(series) for series in part.series(self._scopes) if series not in shared)
            corners.append(self._corner(shared))
        return Spot(parts, tuple(own), tuple(corners))

    def line(self, series: Series) -> Line:
        """The line of a series."""
        line = self.lines.get(series)
        if line is None:
            line = self.lines[series] = Line(series, self._partitions)
        return line

    def _corner(self, shared: Iterable[Series]) -> Corner:
        key = tuple(shared)
        corner = self._corners.get(key)
        if corner is None:
            corner = self._corners[key] = Corner(tuple(map(self.line, key)))
        return corner
