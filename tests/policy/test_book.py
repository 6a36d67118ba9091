"""The versions of ``sla.policies``: their order, what can be used, what a record holds (design §4, §9)."""

import pytest

from monitor.errors import StateError
from monitor.policy import load_policy
from monitor.policy.book import Policies, record_of
from schemas.policies import PolicyRecord

ONE = "title: one\nclocks:\n  fix: {start: workorder.created, stop: workorder.resolved, rules: [{target: 1h}]}\n"
OVERLAY = "title: two\nclocks:\n  fix: {rules: [{target: 30m}]}\n"


def record(version: str, yaml: str = ONE) -> PolicyRecord:
    return PolicyRecord(version=version, yaml=yaml)


def test_the_last_version_that_compiles_is_the_newest() -> None:
    book = Policies()
    assert book.newest == ""
    assert all(book.add(each) for each in (record("a"), record("b"), record("broken", "clocks: 3")))
    assert (book.newest, list(book), book.usable("broken")) == ("b", ["a", "b", "broken"], False)
    assert "clocks" in book.why_not("broken")


def test_a_version_that_hashes_customer_keys_is_passed_over_where_no_key_is_given() -> None:
    """R80: publishing it must not end the workers that have no key; they go on under the version before and say why."""
    hashing = "privacy: {customer_keys: hash_here, hash_key_setting: SLA_CUSTOMER_HASH_KEY}\n" + ONE
    without, given = Policies(hash_key=False), Policies()
    for book in (without, given):
        book.add(record("a"))
        book.add(record("b", hashing))
    assert (without.newest, given.newest) == ("a", "b")
    assert "SLA_CUSTOMER_HASH_KEY_FILE" in without.why_not("b")


def test_a_version_keeps_its_place_when_it_comes_again() -> None:
    """A worker that wrote the same version once more must not make it the newest."""
    book = Policies()
    book.add(record("a"))
    book.add(record("b"))
    assert not book.add(record("a"))
    assert (book.newest, book.number("a")) == ("b", 0)


def test_a_version_that_state_needs_and_nobody_knows_is_an_error() -> None:
    with pytest.raises(StateError, match=r"gone is not on sla\.policies"):
        Policies().get("gone")


def test_the_record_decides_from_when_and_for_whom_a_version_counts() -> None:
    book = Policies()
    book.add(PolicyRecord(version="a", yaml=ONE, applies_to="open", effective_from="2026-12-01T00:00:00+08:00"))
    policy = book.get("a")
    assert (policy.version, policy.applies_to, policy.effective_from) == ("a", "open", 1_796_054_400_000_000)


def test_a_file_is_published_as_it_was_written() -> None:
    files = [("one.yaml", ONE + "# why it is so\n")]
    assert record_of(files, load_policy(files)).yaml == files[0][1]


def test_overlays_are_published_as_one_text_that_says_the_same() -> None:
    files = [("1.yaml", ONE), ("2.yaml", OVERLAY)]
    made = record_of(files, load_policy(files))
    assert load_policy([("merged.yaml", made.yaml)]).version == made.version == load_policy(files).version
    assert made.title == "two"
