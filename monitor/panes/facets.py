"""Which values of each facet have series of their own: the first ``MOST`` a shard meets, for good; all later ones count as ``other``.

Who is admitted is decided by the order of bookings and kept in the state, so it is a function of the log, and a booking that
is taken back finds the series it went to. Closed sets of values never reach the bound.
"""

from collections.abc import Iterable
from typing import Final

from monitor.panes.where import Where
from monitor.processing import State

PREFIX: Final = b"v|"
MOST: Final = 200
OTHER: Final = "other"

_REMEMBERED: Final = 20_000


class FacetValues:
    """The values that one shard counts apart; a facet is the text ``dept=network``."""

    def __init__(self, state: State) -> None:
        self._admitted: dict[str, set[str]] = {}
        self._unsaved: dict[str, None] = {}
        self._known: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._apart: dict[Where, tuple[Where, ...]] = {}
        for key in state:
            if key.startswith(PREFIX):
                text = key[len(PREFIX) :].decode()
                self._admitted.setdefault(facet_name(text), set()).add(text)

    def apart(self, where: Where) -> tuple[Where, ...]:
        """Return where to book what happens in a place: the place without its facets, and its facets alone, as they are counted."""
        found = self._apart.get(where)
        if found is None:
            place, facets = Where(*where[:-1]), self._counted(where.facets)
            if where.dims in facets:  # the dimension is the same series, and the place brings it
                facets = tuple(each for each in facets if each != where.dims)
            found = (place, Where(facets=facets)) if facets else (place,)
            if len(self._apart) >= _REMEMBERED:
                self._apart.clear()
            self._apart[where] = found
        return found

    def shown(self, where: Where) -> Where:
        """Return the place with each value that was not admitted as ``other``."""
        if not where.facets:
            return where
        known = self._known.get(where.facets)
        return Where(*where[:-1], tuple(map(self._name, where.facets)) if known is None else known)

    def changes(self) -> Iterable[tuple[bytes, bytes]]:
        """Return what the state must hold since the last call."""
        changes = [(PREFIX + text.encode(), b"") for text in self._unsaved]
        self._unsaved = {}
        return changes

    def _counted(self, facets: tuple[str, ...]) -> tuple[str, ...]:
        """Admit the values of a place where something is booked, as long as there is room, and name them as they are counted."""
        known = self._known.get(facets)
        if known is None:
            for text in facets:
                admitted = self._admitted.setdefault(facet_name(text), set())
                if text not in admitted and len(admitted) < MOST:
                    admitted.add(text)
                    self._unsaved[text] = None
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            known = self._known[facets] = tuple(map(self._name, facets))
        return known

    def _name(self, text: str) -> str:
        name = facet_name(text)
        return text if text in self._admitted.get(name, ()) else f"{name}={OTHER}"


def facet_name(text: str) -> str:
    """Return the name in ``dept=network``."""
    return text.partition("=")[0]
