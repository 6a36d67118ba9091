"""What is published is written in the policy's language; a reader renders the same verdict in the other one."""

import msgspec
import pytest

from monitor.contacts.promised import by_language
from monitor.policy.model import Language
from monitor.wording.verdicts import explained
from schemas.alerts import Alert, Verdict
from tests.contacts.driving import Shard, clock, event, policy, rule


def said(language: Language) -> tuple[list[Verdict], list[Alert]]:
    """Verdicts and alerts of an order that is done five minutes late, with a warning on the way."""
    titled = msgspec.structs.replace(
        clock("settled", "workorder.created", "workorder.resolved", [rule(1800)], levels=(50, 100)), titles={"en": "Order settled", "zh": "工单办结"}
    )
    shard = Shard(msgspec.structs.replace(policy(titled), language=language))
    shard.send(event("workorder.created", 0)).tick(901).tick(1801).send(event("workorder.resolved", 2100)).tick(2101)
    return shard.verdicts(), shard.alerts()


@pytest.mark.parametrize(
    ("language", "summaries", "texts"),
    [
        (
            "en",
            ["Order settled at 50 % of its target", "Order settled: breached"],
            ["Due Monday 09:30, not done.", "Due Monday 09:30, done 09:35, 5 min late."],
        ),
        ("zh", ["工单办结：已用目标时限的50%", "工单办结：超时"], ["期限周一09:30，尚未完成。", "期限周一09:30，09:35完成，逾期5分钟。"]),
    ],
)
def test_verdicts_and_alerts_speak_the_language_of_the_policy(language: Language, summaries: list[str], texts: list[str]) -> None:
    verdicts, alerts = said(language)
    assert [verdict.explanation.text for verdict in verdicts] == texts
    assert list(dict.fromkeys(alert.annotations["summary"] for alert in alerts)) == summaries
    assert [alert.annotations["description"] for alert in alerts if "description" in alert.annotations] == texts


def test_a_reader_renders_either_language_from_what_was_published() -> None:
    english, chinese = said("en")[0], said("zh")[0]
    assert [explained(verdict, "zh") for verdict in english] == [verdict.explanation.text for verdict in chinese]
    assert [explained(verdict, "en") for verdict in chinese] == [verdict.explanation.text for verdict in english]


def test_languages_change_words_and_nothing_else() -> None:
    english, chinese = (
        [msgspec.structs.replace(verdict, explanation=msgspec.structs.replace(verdict.explanation, text="")) for verdict in said(language)[0]]
        for language in ("en", "zh")
    )
    assert english == chinese


def test_a_plain_title_counts_as_english_where_no_other_is_given() -> None:
    assert by_language({}, "Order settled") == {"en": "Order settled"}
    assert by_language({"zh": "工单办结"}, "x") == {"zh": "工单办结"}
