"""A small discrete-event clock: lives of contacts are generators that yield how long they wait, and emit events on the way."""

import heapq
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator

import msgspec

from schemas.event import Event
from schemas.instants import Instant


class Ask(msgspec.Struct, frozen=True):
    """A wish of a life: somebody of ``station``, or nobody after ``patience_us``. The life goes on with True or False (None after a wait)."""

    station: "Station"
    patience_us: int


Life = Generator[int | Ask, bool | None, None]


class Agenda:
    """What happens next, in order of (instant, order of booking); everything at ``now`` is emitted before the clock goes on."""

    def __init__(self) -> None:
        self.now: Instant = 0
        self._heap: list[tuple[Instant, int, Callable[[], None]]] = []
        self._booked = 0
        self._out: list[Event] = []

    def book(self, at: Instant, action: Callable[[], None]) -> None:
        """Do ``action`` at ``at``."""
        self._booked += 1
        heapq.heappush(self._heap, (at, self._booked, action))

    def begin_each(self, starts: Iterable[Instant], begin: Callable[[int], None]) -> None:
        """Do ``begin(1)``, ``begin(2)`` … at these instants; each is looked up when the one before happens, as a stream needs it."""
        numbered = enumerate(starts, start=1)

        def book_next() -> None:
            start = next(numbered, None)
            if start is not None:
                self.book(start[1], lambda: happen(start[0]))

        def happen(number: int) -> None:
            book_next()
            begin(number)

        book_next()

    def begin(self, life: Life) -> None:
        """Let a life run from now on."""
        self.resume(life, None)

    def resume(self, life: Life, served: bool | None) -> None:
        """Run a life up to its next wish."""
        try:
            wish = life.send(served)
        except StopIteration:
            return
        if isinstance(wish, int):
            self.book(self.now + wish, lambda: self.resume(life, None))
        else:
            wish.station.join(life, wish.patience_us)

    def emit(self, event: Event) -> None:
        """Give one event to the outside."""
        self._out.append(event)

    def run(self) -> Iterator[Event]:
        """Run until nothing is booked; events come in order of time."""
        while self._heap:
            self.now, _, action = heapq.heappop(self._heap)
            action()
            if self._out:
                yield from self._out
                self._out.clear()


class Station:
    """Staff with one first-come-first-served queue; how many are there changes over the day, nobody is cut off in talk."""

    def __init__(self, agenda: Agenda, staff: Callable[[Instant], int]) -> None:
        self._agenda = agenda
        self._staff = staff
        self._busy = 0
        self._queue: deque[list[Life]] = deque()

    def join(self, life: Life, patience_us: int) -> None:
        """Ask for somebody; a life leaves with False when its patience ends first."""
        if self._busy < self._staff(self._agenda.now):
            self._busy += 1
            self._agenda.book(self._agenda.now, lambda: self._agenda.resume(life, True))
            return
        place = [life]
        self._queue.append(place)
        self._agenda.book(self._agenda.now + patience_us, lambda: self._give_up(place))

    def release(self) -> None:
        """Somebody is free again."""
        self._busy -= 1
        self.refresh()

    def refresh(self) -> None:
        """Serve who waits as far as staff is there: after a release, and when a shift begins."""
        staff = self._staff(self._agenda.now)
        while self._busy < staff and self._queue:
            place = self._queue.popleft()
            if place:
                self._busy += 1
                self._agenda.resume(place.pop(), True)

    def _give_up(self, place: list[Life]) -> None:
        if place:
            self._agenda.resume(place.pop(), False)
