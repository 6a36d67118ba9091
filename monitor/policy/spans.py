"""Which windows there are panes for: a whole number of slots that are kept as long as the window is (design §6)."""

from typing import Final

from schemas.instants import DAY, HOUR, MINUTE, SECOND

_PANES: Final = ((10 * SECOND, 6 * HOUR, "10s"), (5 * MINUTE, 48 * HOUR, "5m"), (HOUR, 35 * DAY, "1h"), (DAY, 400 * DAY, "24h"))


def span_problem(text: str, span_us: int) -> str:
    """Why there can be no window of this length; empty if there can."""
    for pane, kept, name in _PANES:
        if span_us <= kept:
            return f"{text} is not a whole number of {name} panes" if span_us == 0 or span_us % pane else ""
    return "longer than 400d, the oldest panes kept"
