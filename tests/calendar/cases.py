"""Random questions as JSON lines, and what the slow implementation answers: read from the text of each line by rules written here.

Hours, starts, pauses and targets lie near clock changes (Berlin, New York, Lord Howe, Casablanca), in Kolkata with its half
hour, and in China with its holiday weeks and make-up weekends.
"""

import json
import random
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from tests.calendar.reference import DAY_US, EPOCH, SlowCalendar, Span

Json = dict[str, object]

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOUR_US = 3_600_000_000
CHINA = {
    "holidays": [f"2025-10-0{day}" for day in range(1, 9)],
    "open_dates": {day: [["09:00", "18:00"]] for day in ("2025-09-28", "2025-10-11")},
}
NEAR = {
    "Europe/Berlin": ("2025-03-30T01:00:00Z", "2025-10-26T01:00:00Z"),
    "America/New_York": ("2024-03-10T07:00:00Z", "2024-11-03T06:00:00Z"),
    "Asia/Kolkata": ("2025-08-15T00:00:00Z",),
    "Asia/Shanghai": ("2025-10-11T00:00:00Z", "2025-09-28T04:00:00Z"),
    "Australia/Lord_Howe": ("2025-04-05T15:00:00Z", "2025-10-04T15:30:00Z"),
    "Africa/Casablanca": ("2025-02-23T02:00:00Z", "2025-04-06T02:00:00Z"),
}
HORIZON_US = 14 * DAY_US
SECONDS_EVERY = 100  # one case in so many has bounds on odd seconds and is judged second by second


def random_cases(count: int, seed: int) -> list[Json]:
    """Lines to ask, as objects."""
    chance = random.Random(seed)
    return [_case(chance, number, fine=number % SECONDS_EVERY == 0) for number in range(count)]


def _case(chance: random.Random, number: int, *, fine: bool) -> Json:
    zone = chance.choice(sorted(NEAR))
    near = _instant(chance.choice(NEAR[zone]))
    first = (EPOCH + timedelta(microseconds=near)).date() - timedelta(days=4)
    dates = [str(first + timedelta(days=day)) for day in range(10)]
    case: Json = {"id": f"case-{number}", "time_zone": zone, "note": "other fields are ignored"}
    case["weekly"] = {day: _spans(chance, fine) for day in chance.sample(DAYS, chance.choice((0, 3, 5, 6, 7, 7)))}
    case |= {"holidays": chance.sample(dates, chance.randint(0, 3)), "open_dates": {day: _spans(chance, fine) for day in chance.sample(dates, 2)}}
    if zone == "Asia/Shanghai" and chance.random() < 0.5:
        case |= {"weekly": {day: [["09:00", "18:00"]] for day in DAYS[:5]}, **CHINA}
    start = near + (chance.randrange(-2, 1) * HOUR_US if fine else chance.randrange(-3 * DAY_US, DAY_US)) + chance.choice((0, 1, 250_000))
    case["start"] = _text(chance, start)
    reach = 2 * HOUR_US if fine else 6 * DAY_US
    case["pauses"] = [_pause(chance, start, reach) for _ in range(chance.choice((0, 0, 1, 2, 4)))]
    if chance.random() < 0.3:
        case["end"] = _text(chance, start + chance.randrange(-HOUR_US, reach))
    elif chance.random() < 0.5:
        case["target_seconds"] = chance.choice((0, 900, 3600, 7200)) if fine else chance.randint(0, 240) * 900
    else:
        case["target_seconds"] = chance.randrange(3 * 3600 if fine else 60 * 3600)
    return case


def _spans(chance: random.Random, fine: bool) -> list[list[str]]:
    return [[_time(chance, fine, 95), _time(chance, fine, 96)] for _ in range(chance.choice((0, 1, 1, 2, 3)))]


def _time(chance: random.Random, fine: bool, most: int) -> str:
    minutes = chance.randint(0, most) * 15
    text = f"{minutes // 60:02}:{minutes % 60:02}"
    return f"{text}:{chance.randrange(60):02}" if fine and minutes < 24 * 60 else text


def _pause(chance: random.Random, start: int, reach: int) -> list[str | None]:
    begin = start + chance.randrange(-reach // 2, reach)
    return [_text(chance, begin), None if chance.random() < 0.15 else _text(chance, begin + chance.randrange(-HOUR_US, reach))]


def _text(chance: random.Random, at: int) -> str:
    """The instant in one of several spellings."""
    offset = timedelta(minutes=chance.choice((0, 0, 330, -300, 480)))
    local = EPOCH + timedelta(microseconds=at) + offset
    zone = (
        "Z" if not offset else f"{'-' if offset < timedelta(0) else '+'}{abs(offset) // timedelta(minutes=1) // 60:02}:{offset.seconds // 60 % 60:02}"
    )
    return local.replace(tzinfo=None).isoformat() + zone


def slow_answer(case: Json) -> Json:
    """What the rules say, second by second or in quarters of an hour where nothing changes within one; ``due`` None: not within the horizon."""
    line = json.loads(json.dumps(case))
    slow = SlowCalendar(
        time_zone=line["time_zone"],
        weekly={DAYS.index(day): [_span(*pair) for pair in pairs] for day, pairs in line["weekly"].items()},
        holidays=frozenset(date.fromisoformat(day) for day in line["holidays"]),
        open_dates={date.fromisoformat(day): [_span(*pair) for pair in pairs] for day, pairs in line["open_dates"].items()},
        grain_us=1_000_000 if any(len(time) > 5 for time in _times(line)) else 900_000_000,
    )
    start = _instant(line["start"])
    pauses = [(_instant(begin), None if end is None else _instant(end)) for begin, end in line["pauses"]]
    if "end" in line:
        return {"id": line["id"], "counted_seconds": slow.counted(start, _instant(line["end"]), pauses) / 1_000_000}
    horizon = start + (6 * HOUR_US if slow.grain_us == 1_000_000 else HORIZON_US)
    due = slow.due(start, line["target_seconds"] * 1_000_000, pauses, horizon)
    return {"id": line["id"], "due": None if due is None else due, "after": horizon, "endless": any(end is None for _, end in pauses)}


def agrees(line: Json, expected: Json, got: Json) -> bool:
    """Whether an answer is the expected one; beyond the horizon it has to be later than that, or never with a reason that fits."""
    if "counted_seconds" in expected:
        return got == expected
    if expected["due"] is not None:
        return got.keys() == {"id", "due"} and got["id"] == expected["id"] and _instant(str(got["due"])) == expected["due"]
    if got["due"] is not None:
        return not expected["endless"] and _instant(str(got["due"])) > int(str(expected["after"]))
    weekly = line["weekly"]
    open_weekly = isinstance(weekly, dict) and any(weekly.values())
    return (
        got["reason"] == "paused"
        if expected["endless"] and open_weekly
        else got["reason"] in ("never_open", "paused")[: 1 + bool(expected["endless"])]
    )


def _times(line: dict[str, dict[str, Sequence[Sequence[str]]]]) -> list[str]:
    days = [*line["weekly"].values(), *line["open_dates"].values()]
    return [time for day in days for pair in day for time in pair]


def _span(opens: str, closes: str) -> Span:
    """Microseconds since the midnight that begins the date; a close not after the opening is on the next date."""
    begin, end = (sum(int(part) * unit for part, unit in zip(time.split(":"), (3600, 60, 1), strict=False)) * 1_000_000 for time in (opens, closes))
    return begin, end if end > begin else end + DAY_US


def _instant(text: str) -> int:
    return (datetime.fromisoformat(text) - EPOCH) // timedelta(microseconds=1)
