"""Everything that can be said has words in both languages, and both say the same."""

import re
from collections.abc import Iterable, Mapping
from string import Formatter
from typing import get_args

import pytest

from monitor.policy.attributes import RULE_FIELDS
from monitor.policy.model import Language
from monitor.wording.events import ATTRIBUTES, COUNTERS, EVENTS, OF_CONTRACT, VALUES
from monitor.wording.languages import LANGUAGES, Words
from monitor.wording.lines import LINES
from monitor.wording.sentences import PHRASES, SENTENCES
from monitor.wording.words import ALERT_STATES, FAMILIES, PAUSE_NOTES, REASONS, SEVERITIES, VERDICTS, word
from schemas.alerts import AlertState, DeadlineKind, PauseNote, Severity, VerdictState
from schemas.events import CALL_EVENTS, CHAT_EVENTS, SHARED_EVENTS, WORKORDER_EVENTS, EventData, event_name
from schemas.events import FAMILIES as KNOWN_FAMILIES
from schemas.events.base import Channel, Priority, RequestSubtype, RequestType, VipTier
from schemas.explanations import DeedKind, RuleFate
from schemas.reasons import Reason
from tests.timelines.explained import read_timeline
from tests.timelines.test_clock_rules import FILES

ALL = {"lines": LINES, "sentences": SENTENCES, "phrases": PHRASES, "reasons": REASONS, "events": EVENTS, "counters": COUNTERS, "values": VALUES}
TEMPLATES = [pytest.param(words, id=f"{table}: {name}") for table, found in ALL.items() for name, words in found.items()]
CHINESE = re.compile("[\u4e00-\u9fff]")
ENUMS = (Channel, Priority, RequestSubtype, RequestType, VipTier)


@pytest.mark.parametrize("words", TEMPLATES)
def test_both_languages_name_the_same_parts(words: Words) -> None:
    assert parts(words.en) == parts(words.zh)


@pytest.mark.parametrize("words", TEMPLATES)
def test_each_language_is_written_in_its_own_script(words: Words) -> None:
    plain = Formatter().vformat(words.zh, (), Blank())
    assert not CHINESE.search(words.en)
    assert CHINESE.search(plain) or not re.search("[a-z]{4,}", plain), words


@pytest.mark.parametrize(
    ("table", "names"),
    [
        pytest.param(VERDICTS, get_args(VerdictState), id="every verdict"),
        pytest.param(ALERT_STATES, get_args(AlertState), id="every state of an alert"),
        pytest.param(SEVERITIES, get_args(Severity), id="every severity"),
        pytest.param(FAMILIES, KNOWN_FAMILIES, id="every family"),
        pytest.param(PAUSE_NOTES, [note for note in get_args(PauseNote) if note], id="why a pause does not count"),
        pytest.param(ATTRIBUTES, RULE_FIELDS, id="every attribute that rules match on"),
        pytest.param(EVENTS, [event_name(kind) for kind in (*CALL_EVENTS, *CHAT_EVENTS, *WORKORDER_EVENTS, *SHARED_EVENTS)], id="every event"),
        pytest.param(VALUES, [value for enum in ENUMS for value in get_args(enum)], id="every value of the contract's attributes"),
        pytest.param(PHRASES, [f"due.{kind}" for kind in get_args(DeadlineKind)], id="every kind of deadline"),
        pytest.param(LINES, [f"deadline.{kind}" for kind in get_args(DeadlineKind)], id="a line for every kind of deadline"),
        pytest.param(LINES, [f"deed.{kind}" for kind in get_args(DeedKind)], id="a line for everything that can happen"),
        pytest.param(LINES, [f"rule.{fate}" for fate in get_args(RuleFate)], id="a line for every fate of a rule"),
        pytest.param(LINES, [f"alert.{state}" for state in get_args(AlertState)], id="a line for every state of an alert"),
    ],
)
def test_nothing_is_without_words(table: Mapping[str, Words], names: Iterable[str]) -> None:
    assert not [name for name in names if name not in table]


def test_every_reason_that_the_timelines_show_has_words() -> None:
    shown = {str(row["reason"]) for path in FILES for row in read_timeline(path).explanation}
    assert shown <= set(REASONS)


def test_every_reason_of_a_refusal_has_words() -> None:
    assert not [reason for reason in Reason if reason not in REASONS]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_word_of_somebody_else_stays_as_it_was(language: Language) -> None:
    assert word(REASONS, "waiting_for_the_moon", language) == "waiting for the moon"


def test_attributes_of_the_contract_are_among_those_with_words() -> None:
    known = {name for name, field in EventData.__annotations__.items() if name in OF_CONTRACT}
    assert known == OF_CONTRACT


def parts(text: str) -> set[str]:
    """The names in a template."""
    return {name.lower() for _, name, _, _ in Formatter().parse(text) if name}


class Blank(dict[str, str]):
    """Every part empty."""

    def __missing__(self, key: str) -> str:
        return ""
