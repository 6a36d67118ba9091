"""Long work done in turns: a generator that may be left alone between any two of its steps, and gives its result at the end.

Who has nothing else to do calls ``finish``; an event loop takes a few steps at a time, so that the rest of a worker goes on meanwhile.
What is read in turns must not change between them: take a copy first.
"""

from collections.abc import Generator
from typing import TypeVar

Result = TypeVar("Result")

Turns = Generator[None, None, Result]


def finish(turns: Turns[Result]) -> Result:
    """All steps at once."""
    while True:
        try:
            next(turns)
        except StopIteration as end:
            result: Result = end.value
            return result
