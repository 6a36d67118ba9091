"""Sources by name, with the options of a command line."""

import gzip
from pathlib import Path

import pytest

from monitor.errors import SettingsError, SourceError
from monitor.sources.events_file import encode_arrival
from monitor.sources.registry import SOURCES, open_source
from monitor.sources.traffic import TrafficModel, traffic
from schemas.instants import DAY, parse_instant
from tests.sources.recorded import BANK, INCIDENTS, recorded


def test_every_recorded_source_tells_its_exact_total() -> None:
    for name, path in (("anonymous-bank", BANK), ("servicenow", INCIDENTS)):
        source = open_source(name, recorded(path))
        assert (source.exact, source.total) == (True, sum(1 for _ in source.arrivals))


def test_days_limit_a_recorded_source_to_contacts_that_begin_in_them() -> None:
    source = open_source("anonymous-bank", recorded(BANK), {"start": "1999-01-02T22:00:00Z", "days": "1"})
    arrivals = list(source.arrivals)
    start_at = parse_instant("1999-01-02T22:00:00Z")
    firsts = {arrival.event.contact: arrival.event.at for arrival in reversed(arrivals)}
    assert source.total == len(arrivals) > 5_000
    assert all(start_at <= at < start_at + DAY for at in firsts.values())


def test_a_compressed_file_of_events_is_read_by_name(tmp_path: Path) -> None:
    arrivals = list(traffic(TrafficModel(days=0.4, calls_per_day=200, chats_per_day=0, orders_per_day=0)))
    path = tmp_path / "events.jsonl.gz"
    path.write_bytes(gzip.compress(b"\n".join(map(encode_arrival, arrivals))))
    source = open_source("events", path)
    assert list(source.arrivals) == arrivals
    assert source.total == len(arrivals)


def test_traffic_takes_nested_options_and_lists() -> None:
    options = {"seed": "5", "days": "0.5", "delivery.duplicate_ratio": "0.5", "bursts": '[{"hour": 1, "minutes": 30}]'}
    source = open_source("traffic", None, options)
    count = sum(1 for _ in source.arrivals)
    assert source.total == pytest.approx(count, rel=0.2)
    assert not source.exact


WRONG = {
    "an unknown source names the known ones": ("nope", None, {}, SettingsError, "anonymous-bank, servicenow"),
    "a recorded source needs a path": ("servicenow", None, {}, SourceError, "needs the path"),
    "traffic takes no path": ("traffic", Path("x"), {}, SettingsError, "leave the path out"),
    "an unknown option is named": ("traffic", None, {"dayz": "1"}, SettingsError, "dayz"),
    "an option of another type is named": ("traffic", None, {"days": "many"}, SettingsError, "days"),
    "a broken list is refused": ("traffic", None, {"bursts": "[1"}, SettingsError, "not JSON"),
    "a broken start is refused": ("traffic", None, {"start": "today"}, SettingsError, "today"),
    "an option below a value is refused": ("traffic", None, {"delivery": "1", "delivery.x": "1"}, SettingsError, "already"),
}


@pytest.mark.parametrize(("name", "path", "options", "error", "message"), WRONG.values(), ids=WRONG.keys())
def test_wrong_use(name: str, path: Path | None, options: dict[str, str], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        open_source(name, path, options)


def test_an_empty_file_of_events_is_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "empty.jsonl"
    path.touch()
    with pytest.raises(SourceError, match="holds no event"):
        open_source("events", path)


def test_all_sources_say_what_they_are() -> None:
    assert all(kind.help and kind.name == name for name, kind in SOURCES.items())
