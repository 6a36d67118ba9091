"""A verdict in one sentence, in both languages: one row for each template (P22)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.policy.model import Language, Target
from monitor.wording.alerts import breach_summary, level_summary, retracted_summary
from monitor.wording.durations import duration, target_text, written
from monitor.wording.timeline import entry_line
from monitor.wording.times import both, moment, stamp, until
from monitor.wording.verdicts import Facts, verdict_text
from schemas.explanations import Deed, TimelineEntry
from schemas.instants import DAY, HOUR, MINUTE, SECOND, parse_instant

FRIDAY = parse_instant("2026-03-06T17:00:00+08:00")
LATE = FRIDAY + 5 * MINUTE
SHANGHAI = "Asia/Shanghai"


def facts(verdict: str, reason: str, ended: str = "", ended_at: int = 0, kind: str = "open", deadline_at: int = FRIDAY, place: str = "") -> Facts:
    """Facts of a cycle due on a Friday at 17:00, judged five minutes later."""
    return Facts(verdict, reason, SHANGHAI, deadline_at, kind, ended, ended_at, ended_at or LATE, place)  # type: ignore[arg-type]


ROWS = [
    (
        "met, to the second",
        facts("met", "stopped_in_time", "stopped", FRIDAY),
        "Due Friday 17:00, done 17:00: in time.",
        "期限周五17:00，17:00完成：按时。",
    ),
    (
        "met the day before",
        facts("met", "stopped_in_time", "stopped", FRIDAY - DAY),
        "Due Friday 17:00, done Thursday 17:00: in time.",
        "期限周五17:00，周四17:00完成：按时。",
    ),
    (
        "late by five minutes after closing",
        facts("breached", "stopped_late", "stopped", LATE, "closing"),
        "Due Friday 17:00 (closing), done 17:05, 5 min late.",
        "期限周五17:00（营业结束），17:05完成，逾期5分钟。",
    ),
    (
        "handed over in time (P15)",
        facts("met", "stopped_in_time", "handed_over", FRIDAY, place="billing"),
        "Due Friday 17:00, handed over to billing 17:00: in time.",
        "期限周五17:00，17:00转交billing：按时。",
    ),
    (
        "handed over late (P15)",
        facts("breached", "stopped_late", "handed_over", LATE, place="billing"),
        "Due Friday 17:00, handed over to billing 17:05, 5 min late.",
        "期限周五17:00，17:05转交billing，逾期5分钟。",
    ),
    (
        "a step left in time (P15)",
        facts("met", "stopped_in_time", "left", FRIDAY, "closing", place="accept"),
        "Due Friday 17:00 (closing), left accept 17:00: in time.",
        "期限周五17:00（营业结束），17:00离开accept：按时。",
    ),
    (
        "a step left late (P15)",
        facts("breached", "stopped_late", "left", LATE, place="accept"),
        "Due Friday 17:00, left accept 17:05, 5 min late.",
        "期限周五17:00，17:05离开accept，逾期5分钟。",
    ),
    ("not done", facts("breached", "deadline_passed"), "Due Friday 17:00, not done.", "期限周五17:00，尚未完成。"),
    (
        "a promised instant",
        facts("breached", "deadline_passed", kind="named"),
        "Due Friday 17:00 (the instant named), not done.",
        "期限周五17:00（约定时刻），尚未完成。",
    ),
    (
        "cancelled after the breach",
        facts("breached", "deadline_passed", "cancelled", LATE),
        "Due Friday 17:00, cancelled 17:05.",
        "期限周五17:00，17:05取消。",
    ),
    (
        "a target that was past when it came",
        facts("breached", "target_changed"),
        "Due Friday 17:00, not done. The target changed and was already past: breached at the change.",
        "期限周五17:00，尚未完成。目标变更时新期限已过：自变更时起判为超时。",
    ),
    (
        "withdrawn by the customer",
        facts("cancelled", "withdrawn", "cancelled", LATE),
        "Cancelled (withdrawn) Friday 17:05; due Friday 17:00.",
        "周五17:05取消（客户撤回）；期限周五17:00。",
    ),
    (
        "cancelled without a reason",
        facts("cancelled", "cancelled", "cancelled", LATE),
        "Cancelled Friday 17:05; due Friday 17:00.",
        "周五17:05取消；期限周五17:00。",
    ),
    (
        "no longer promised",
        facts("cancelled", "no_longer_promised", "no_longer_promised", LATE, "never", 0),
        "No promise covers the contact as it is now; the clock ends without a verdict on time.",
        "该联系按现有属性不再适用任何承诺；计时结束，不判是否按时。",
    ),
    ("exempt", facts("exempt", "exempted"), "Exempt (exempted), counted apart; due Friday 17:00.", "免责（已豁免），另行统计；期限周五17:00。"),
    ("opened again", facts("open", "reopened"), "Opened again; due Friday 17:00.", "已重新打开；期限周五17:00。"),
    ("running", facts("open", "running"), "Running; due Friday 17:00.", "计时中；期限周五17:00。"),
    ("paused for ever", facts("open", "running", kind="never", deadline_at=0), "Running; not due while paused.", "计时中；暂停期间无期限。"),
    (
        "retracted",
        facts("retracted", "no_such_cycle"),
        "Retracted: events that came later show that this clock did not start then.",
        "已撤回：后到的事件表明该计时并未由此开始。",
    ),
]


@pytest.mark.parametrize(("given_facts", "en", "zh"), [pytest.param(*row[1:], id=row[0]) for row in ROWS])
def test_a_verdict_in_words(given_facts: Facts, en: str, zh: str) -> None:
    assert verdict_text(given_facts, "en") == en
    assert verdict_text(given_facts, "zh") == zh


@pytest.mark.parametrize(
    ("us", "en", "zh"),
    [
        (0, "0 s", "0秒"),
        (90 * SECOND, "90 s", "90秒"),
        (30 * SECOND + 500_000, "30.5 s", "30.5秒"),
        (12_403_384, "12.403384 s", "12.403384秒"),
        (5 * MINUTE, "5 min", "5分钟"),
        (2 * HOUR + 5 * MINUTE, "2 h 5 min", "2小时5分"),
        (2 * MINUTE + 3 * SECOND, "2 min 3 s", "2分3秒"),
        (26 * HOUR, "26 h", "26小时"),
        (2 * MINUTE + 250_000, "2 min 0.25 s", "2分0.25秒"),
    ],
)
def test_a_duration_in_words(us: int, en: str, zh: str) -> None:
    assert (duration(us, "en"), duration(us, "zh")) == (en, zh)


@pytest.mark.parametrize(
    ("target", "text"),
    [
        (None, "none"),
        (Target("counted", 90 * MINUTE), "1h30m"),
        (Target("counted", 48 * HOUR), "48h"),
        (Target("business_days", 2), "2bd"),
        (Target("due_at"), "due_at"),
    ],
)
def test_a_target_as_a_policy_writes_it(target: Target | None, text: str) -> None:
    assert target_text(target) == text


@given(st.integers(0, 10**6))
def test_a_written_duration_reads_back(milliseconds: int) -> None:
    from monitor.policy.durations import duration_us

    assert duration_us(written(milliseconds * 1000)) == milliseconds * 1000


@pytest.mark.parametrize(("language", "near", "far"), [("en", "Friday 17:00", "2026-03-06 17:00"), ("zh", "周五17:00", "2026-03-06 17:00")])
def test_a_weekday_is_named_only_within_a_week(language: Language, near: str, far: str) -> None:
    assert moment(SHANGHAI, FRIDAY, FRIDAY - 5 * DAY, language) == near
    assert moment(SHANGHAI, FRIDAY, FRIDAY - 7 * DAY, language) == far


def test_an_hour_that_happens_twice_is_told_apart() -> None:
    first = parse_instant("2025-10-26T02:10:00+02:00")
    assert both("Europe/Berlin", first, first + HOUR, first) == ("Sunday 02:10 (+02:00)", "02:10 (+01:00)")


def test_seconds_and_parts_of_them_are_shown_where_they_are() -> None:
    assert stamp(SHANGHAI, FRIDAY + 5 * SECOND + 250_000) == "2026-03-06 Fri 17:00:05.25"
    assert until(SHANGHAI, FRIDAY + HOUR, FRIDAY) == "18:00"
    assert until(SHANGHAI, FRIDAY + DAY, FRIDAY, "zh") == "2026-03-07 周六 17:00"


@pytest.mark.parametrize(
    ("text", "en", "zh"),
    [
        (lambda language: breach_summary("T", "breached", language), "T: breached", "T：超时"),
        (lambda language: level_summary("T", 80, language), "T at 80 % of its target", "T：已用目标时限的80%"),
        (lambda language: retracted_summary("T", language), "T: retracted, the clock did not start then", "T：已撤回，计时并未由此开始"),
    ],
    ids=["a breach", "a level", "a cycle that never was"],
)
def test_the_summary_of_an_alert(text: object, en: str, zh: str) -> None:
    assert callable(text)
    assert (text("en"), text("zh")) == (en, zh)


@pytest.mark.parametrize(
    ("entry", "en", "zh"),
    [
        pytest.param(
            TimelineEntry(at="2026-03-06T09:00:00Z", type="policy.switched", policy="v2", policy_titles={"en": "Promises", "zh": "服务承诺"}),
            "2026-03-06 Fri 17:00  from here on policy Promises (version v2) applies",
            "2026-03-06 周五 17:00  自此改用策略服务承诺（版本v2）",
            id="another policy has its title and version",
        ),
        pytest.param(
            TimelineEntry(at="2026-03-06T09:00:00Z", type="policy.switched", policy="v2", did=(Deed(what="breached", clock="c"),)),
            "2026-03-06 Fri 17:00  from here on policy version v2 applies: c is breached",
            "2026-03-06 周五 17:00  自此改用策略版本v2：c超时",
            id="a policy without a title",
        ),
        pytest.param(
            TimelineEntry(at="2026-03-06T09:00:00Z", type="cancelled", event="e1", did=(Deed(what="cancelled", clock="c", reason="duplicate"),)),
            "2026-03-06 Fri 17:00  cancelled [e1]: cancels c (duplicate)",
            "2026-03-06 周五 17:00  取消〔e1〕：取消计时：c（重复受理）",
            id="a cancel with its reason",
        ),
        pytest.param(
            TimelineEntry(at="2026-03-06T09:00:00Z", did=(Deed(what="counted", counter="expired", amount=-1),)),
            "2026-03-06 Fri 17:00  time passes: counts: taken back: ghost: waited too long to be true",
            "2026-03-06 周五 17:00  时间推移：计数：撤销：幽灵：等待过久，不再计入",
            id="a count that is taken back",
        ),
        pytest.param(
            TimelineEntry(
                at="2026-03-06T09:00:00Z", type="call.ended", event="e2", did=(Deed(what="closed"), Deed(what="counted", counter="x.y", amount=1))
            ),
            "2026-03-06 Fri 17:00  call ended [e2]: the contact is closed",
            "2026-03-06 周五 17:00  通话结束〔e2〕：该联系关闭",
            id="counters without words stand in the structure only",
        ),
    ],
)
def test_an_entry_of_a_timeline(entry: TimelineEntry, en: str, zh: str) -> None:
    assert entry_line(entry, SHANGHAI, {}, "en") == en
    assert entry_line(entry, SHANGHAI, {}, "zh") == zh
