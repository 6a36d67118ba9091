"""Bounded words of the product in both languages: verdicts, reasons, states, severities, families.

A word that is in no table is somebody's own (a pause reason, a name) and stays as it was given.
"""

from collections.abc import Mapping
from typing import Final

from monitor.policy.model import Language
from monitor.wording.languages import Words

Table = Mapping[str, Words]

VERDICTS: Final[Table] = {
    "open": Words("open", "进行中"),
    "met": Words("met", "达标"),
    "breached": Words("breached", "超时"),
    "cancelled": Words("cancelled", "已取消"),
    "exempt": Words("exempt", "免责"),
    "retracted": Words("retracted", "已撤回"),
    "unpromised": Words("nothing promised", "未作承诺"),
}

REASONS: Final[Table] = {
    "running": Words("running", "计时中"),
    "reopened": Words("opened again", "已重新打开"),
    "stopped_in_time": Words("done in time", "按时完成"),
    "stopped_late": Words("done late", "逾期完成"),
    "deadline_passed": Words("deadline passed", "期限已过"),
    "target_changed": Words("target changed", "目标已变更"),
    "no_longer_promised": Words("no longer promised", "不再适用任何承诺"),
    "no_rule_matched": Words("no rule matched", "没有规则适用"),
    "no_such_cycle": Words("the clock did not start then", "计时并未由此开始"),
    "cancelled": Words("cancelled", "已取消"),
    "withdrawn": Words("withdrawn", "客户撤回"),
    "duplicate": Words("duplicate", "重复受理"),
    "created_in_error": Words("created in error", "误建"),
    "expired": Words("never closed, forgotten", "一直未关闭，已清除"),
    "left": Words("left this step", "已离开该环节"),
    "handed_over": Words("handed over", "已转交"),
    "stopped_in_time.handed_over": Words("handed over in time", "按时转交"),
    "stopped_in_time.left": Words("left in time", "按时离开"),
    "stopped_late.handed_over": Words("handed over late", "逾期转交"),
    "stopped_late.left": Words("left late", "逾期离开"),
    "clock_skew": Words("clocks of the sources differ", "来源时钟不一致"),
    "overflow": Words("overflow", "溢出"),
    "voicemail": Words("voicemail", "转语音信箱"),
    "transfer": Words("transfer", "转其他队列"),
    "ivr": Words("back to the voice menu", "返回语音菜单"),
    "closed": Words("closed", "已关闭"),
    "other": Words("other", "其他"),
    "repaired": Words("set by hand", "人工更正"),
    "exempted": Words("exempted", "已豁免"),
    "processor_error": Words("set aside after an error", "出错后搁置"),
    "unjudged": Words("unjudged", "未判定"),
    "impossible_order": Words("impossible order", "先后顺序不可能"),
    "in_future": Words("too far in the future", "时间超前过多"),
    "too_late": Words("too late", "来得太迟"),
    "too_many_events": Words("too many events", "事件过多"),
    "conflicting_duplicate": Words("conflicting duplicate", "重复但内容冲突"),
    "malformed": Words("cannot be read", "无法读取"),
    "unknown_type": Words("unknown type", "未知类型"),
    "missing_attribute": Words("an attribute is missing", "缺少属性"),
    "bad_time": Words("time cannot be read", "时间无法读取"),
    "contract": Words("breaks the contract", "不符合接口约定"),
    "wrong_partition": Words("wrong partition", "分区错误"),
    "missing_key": Words("no key", "缺少键"),
    "too_large": Words("too large", "过大"),
    "tombstone": Words("no body", "无内容"),
    "wrong_topic": Words("wrong topic", "主题错误"),
}

ALERT_STATES: Final[Table] = {
    "firing": Words("firing", "告警中"),
    "resolved": Words("resolved", "已恢复"),
    "retracted": Words("retracted", "已撤回"),
}

SEVERITIES: Final[Table] = {
    "info": Words("info", "提示"),
    "warning": Words("warning", "警告"),
    "critical": Words("critical", "严重"),
}

FAMILIES: Final[Table] = {
    "call": Words("call", "电话"),
    "chat": Words("chat", "在线会话"),
    "workorder": Words("work order", "工单"),
}

PAUSE_NOTES: Final[Table] = {
    "not_listed": Words("this clock does not pause for it", "该时钟不因此暂停"),
    "cap_used_up": Words("its cap is used up", "暂停额度已用完"),
    "outside_open_time": Words("outside open time", "在营业时间之外"),
    "after_breach": Words("after the breach", "在超时之后"),
    "fixed_instant": Words("the deadline is a fixed instant", "期限为固定时刻"),
}

PAUSES: Final[Table] = {
    "closed": Words("closed", "已关闭"),
    "unlisted": Words("a reason that no clock lists", "未列入的原因"),
}
"""Pause reasons of our own: the time a contact was closed (P13), and what stands for free text (R80); others are the policy's words."""


def word(table: Table, name: str, language: Language) -> str:
    """A word of a table; one that is not in it as it was given, with spaces for underscores."""
    words = table.get(name)
    return name.replace("_", " ") if words is None else words.of(language)


def pause_reason(reason: str, language: Language) -> str:
    """A pause reason: the policy's own word as it was given, one of ours in the language."""
    words = PAUSES.get(reason)
    return reason if words is None else words.of(language)
