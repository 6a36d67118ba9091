"""The words the policy language is made of: names, texts, dates, titles, tests; every struct of it is a ``Base``.

Plain ``str`` stands in unions with a list: msgspec 0.22 frees memory twice when such a union holds text with a pattern.
"""

from typing import Annotated

import msgspec

Text = Annotated[
    str, msgspec.Meta(min_length=1, max_length=256, extra={"expected": "text (quote it if it looks like a number or a word YAML knows)"})
]
Name = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.:-]{0,63}$",
        description="A name: letters, digits, _ . : -",
        extra={"expected": "a name of letters, digits and _ . : - (at most 64)"},
    ),
]
QueueName = Annotated[str, msgspec.Meta(min_length=1, max_length=256)]
DateText = Annotated[
    str,
    msgspec.Meta(pattern=r"^\d{4}-\d\d-\d\d$", description="A date, YYYY-MM-DD.", extra={"expected": "a date as YYYY-MM-DD"}),
]
IntervalText = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^\d{1,2}:\d\d(:\d\d)?-\d{1,2}:\d\d(:\d\d)?$",
        description="HH:MM-HH:MM in local wall time; a close at or before the opening is on the next date; 24:00 is midnight (P3).",
        extra={"expected": "an interval as HH:MM-HH:MM"},
    ),
]
InstantText = Annotated[
    str, msgspec.Meta(description="RFC 3339 with an offset.", extra={"expected": "an RFC 3339 instant such as 2026-01-01T00:00:00+08:00"})
]
Names = str | list[str]
YearNumber = Annotated[
    int, msgspec.Meta(ge=1900, le=2999, description="A year whose make-up workdays were not published when `calendar build` wrote the dates.")
]
Percent = Annotated[int, msgspec.Meta(description="Percent of counted time.")]
Value = str | int | float | bool


class Base(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What all parts share: strict, immutable, defaults left out of the canonical form."""


class TitleSource(Base, frozen=True, kw_only=True, omit_defaults=True):
    """A title in each language; one that is left out is shown in the other."""

    en: Text | None = None
    zh: Text | None = None


Title = Annotated[
    Text | TitleSource,
    msgspec.Meta(
        description="What people read: a text, or one per language.",
        extra={"expected": "a text (quote it if it looks like a number or a word YAML knows), or one per language: {en: …, zh: …}"},
    ),
]


class RangeSource(Base, frozen=True, kw_only=True, omit_defaults=True):
    """A test of a number: between two bounds, both included."""

    at_least: float | None = None
    at_most: float | None = None


Test = Value | list[Value] | RangeSource
