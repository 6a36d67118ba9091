"""Sentences about one cycle, one template each in both languages: verdicts, alerts.

``{due}`` is the phrase of the kind of deadline, ``{Due}`` the same at the beginning of a sentence; in a phrase ``{at}`` is the
deadline. ``{done}`` is when the cycle ended, ``{late}`` how much later than the deadline, ``{place}`` the department or step
that a contact was handed over to, or left.
"""

from typing import Final

from monitor.policy.model import Language
from monitor.wording.languages import Words

PHRASES: Final[dict[str, Words]] = {
    "due.open": Words("due {at}", "期限{at}"),
    "due.closing": Words("due {at} (closing)", "期限{at}（营业结束）"),
    "due.named": Words("due {at} (the instant named)", "期限{at}（约定时刻）"),
    "due.never": Words("not due while paused", "暂停期间无期限"),
}

SENTENCES: Final[dict[str, Words]] = {
    "met": Words("{Due}, done {done}: in time.", "{due}，{done}完成：按时。"),
    "met.handed_over": Words("{Due}, handed over to {place} {done}: in time.", "{due}，{done}转交{place}：按时。"),
    "met.left": Words("{Due}, left {place} {done}: in time.", "{due}，{done}离开{place}：按时。"),
    "breached.running": Words("{Due}, not done.", "{due}，尚未完成。"),
    "breached.stopped": Words("{Due}, done {done}, {late} late.", "{due}，{done}完成，逾期{late}。"),
    "breached.handed_over": Words("{Due}, handed over to {place} {done}, {late} late.", "{due}，{done}转交{place}，逾期{late}。"),
    "breached.left": Words("{Due}, left {place} {done}, {late} late.", "{due}，{done}离开{place}，逾期{late}。"),
    "breached.cancelled": Words("{Due}, cancelled {done}.", "{due}，{done}取消。"),
    "breached.changed": Words("The target changed and was already past: breached at the change.", "目标变更时新期限已过：自变更时起判为超时。"),
    "cancelled": Words("Cancelled ({reason}) {done}; {due}.", "{done}取消（{reason}）；{due}。"),
    "cancelled.plain": Words("Cancelled {done}; {due}.", "{done}取消；{due}。"),
    "cancelled.no_longer_promised": Words(
        "No promise covers the contact as it is now; the clock ends without a verdict on time.",
        "该联系按现有属性不再适用任何承诺；计时结束，不判是否按时。",
    ),
    "exempt": Words("Exempt ({reason}), counted apart; {due}.", "免责（{reason}），另行统计；{due}。"),
    "open.reopened": Words("Opened again; {due}.", "已重新打开；{due}。"),
    "open.running": Words("Running; {due}.", "计时中；{due}。"),
    "retracted": Words("Retracted: events that came later show that this clock did not start then.", "已撤回：后到的事件表明该计时并未由此开始。"),
    "ruled.exempt": Words("Exempt by {person}: {reason} (command {command}).", "由{person}豁免：{reason}（指令{command}）。"),
    "ruled.again": Words(
        "Judged again under policy {policy} by {person}: {reason} (command {command}).",
        "由{person}按策略{policy}重新判定：{reason}（指令{command}）。",
    ),
    "ruled.set": Words("Set to {verdict} by {person}: {reason} (command {command}).", "由{person}更正为{verdict}：{reason}（指令{command}）。"),
    "alert.breach": Words("{title}: {verdict}", "{title}：{verdict}"),
    "alert.told": Words("{title}: {text}", "{title}：{text}"),
    "alert.level": Words("{title} at {percent} % of its target", "{title}：已用目标时限的{percent}%"),
    "alert.retracted": Words("{title}: retracted, the clock did not start then", "{title}：已撤回，计时并未由此开始"),
    "alert.closure": Words(
        "Order {contact} was closed {closed}; the customer was back with the same problem after {later}",
        "工单{contact}于{closed}办结，{later}后客户因同一问题再次联系",
    ),
    "alert.closure.retracted": Words(
        "Order {contact}, closed {closed}: retracted, the customer did not come back with the problem",
        "工单{contact}于{closed}办结：已撤回，客户并未因该问题再次联系",
    ),
}


def sentence(name: str, language: Language, /, **parts: object) -> str:
    """One sentence with its parts put in."""
    return SENTENCES[name].of(language).format_map(parts)
