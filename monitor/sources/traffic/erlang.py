"""Erlang B, C and A by stable recursions: how many staff a load needs, and the judge of the simulated queues.

Erlang C: M/M/n, nobody leaves. Erlang A: M/M/n+M, each waiting caller leaves after an exponential patience (Palm 1943;
Garnett, Mandelbaum & Reiman 2002). ``rate`` is calls a second; service, patience and threshold are seconds.
"""

from itertools import count
from math import exp

import msgspec


class Quality(msgspec.Struct, frozen=True):
    """What callers meet, as shares of all who ask for a person; ``mean_wait_seconds`` includes those who leave."""

    waiting_ratio: float
    abandoned_ratio: float
    answered_within_ratio: float
    mean_wait_seconds: float


def erlang_b(load: float, staff: int) -> float:
    """The share of blocked calls with ``load`` erlangs on ``staff`` lines and no queue."""
    inverse = 1.0
    for servers in range(1, staff + 1):
        inverse = 1.0 + inverse * servers / load
    return 1.0 / inverse


def erlang_c(load: float, staff: int) -> float:
    """The share of callers who wait; 1 when the load needs all staff or more."""
    if load >= staff:
        return 1.0
    blocked = erlang_b(load, staff)
    return blocked / (1.0 - load / staff * (1.0 - blocked))


def erlang_c_within(rate: float, service: float, staff: int, threshold: float) -> float:
    """The share of callers answered within ``threshold`` when nobody leaves."""
    load = rate * service
    return 0.0 if load >= staff else 1.0 - erlang_c(load, staff) * exp(-(staff - load) * threshold / service)


def erlang_a(rate: float, service: float, patience: float, staff: int, threshold: float) -> Quality:
    """The steady state with impatient callers.

    With j callers ahead in the queue the wait offered, V, ends after j + 1 departures at rates c, c + θ, … c + jθ (c = all
    staff busy, θ = one caller's impatience), so exp(-θV) has the Beta(c/θ, j + 1) distribution; its tail grows with j by one term.
    """
    capacity, leaving = staff / service, 1.0 / patience
    shape, x = capacity * patience, exp(-threshold / patience)
    weight = 1.0  # of the state with all staff busy and nobody waiting, relative to Erlang B's last state
    idle = (1.0 / erlang_b(rate * service, staff) - 1.0) * weight
    total, queued, within = idle, 0.0, idle
    below, term = x ** (shape + 1.0), x ** (shape + 1.0)  # I_x(shape + 1, j + 1) and its next increment
    for waiting in count():
        total += weight
        queued += waiting * weight
        within += weight * shape / (shape + waiting + 1.0) * (1.0 - below)
        if weight < total * 1e-13 and rate < capacity + waiting * leaving:
            break
        term *= (1.0 - x) * (shape + 1.0 + waiting) / (waiting + 1.0)
        below = min(1.0, below + term)
        weight *= rate / (capacity + (waiting + 1.0) * leaving)
    mean_queue = queued / total
    return Quality(
        waiting_ratio=1.0 - idle / total,
        abandoned_ratio=mean_queue * leaving / rate,
        answered_within_ratio=within / total,
        mean_wait_seconds=mean_queue / rate,
    )


def staff_for(rate: float, service: float, patience: float, threshold: float, ratio: float) -> int:
    """The fewest staff that answer ``ratio`` of all callers within ``threshold``."""
    if rate <= 0:
        return 0
    return next(staff for staff in count(1) if erlang_a(rate, service, patience, staff, threshold).answered_within_ratio >= ratio)
