"""A finding in one sentence, in English and Chinese: what was skipped, given back, late or seen. Only the policy's own words stand in it."""

from typing import Final

from monitor.contacts.flows.findings import Finding
from monitor.policy.model import Flow, Language
from schemas.instants import HOUR, MINUTE, SECOND

_SENTENCES: Final[dict[str, dict[Language, str]]] = {
    "skipped_stage": {"en": "Skipped: {what}.", "zh": "未经过环节:{what}。"},
    "out_of_order": {"en": "Out of order: {what} came too late.", "zh": "环节顺序错误:{what}滞后。"},
    "missing": {"en": "Missing: {what}.", "zh": "缺少:{what}。"},
    "late": {"en": "After {took}; allowed {within}.", "zh": "用时{took},规定{within}。"},
    "path_not_allowed": {"en": "Escalated from line to line {what}, which is not allowed.", "zh": "升级路径{what}(一线、二线编号)不允许。"},
    "given_back_to_front_line": {"en": "Given back to the front line before a result was returned.", "zh": "未回复处理结果即退回前台。"},
    "given_back_to_last_holder": {"en": "Given back to the previous holder before a result was returned.", "zh": "未回复处理结果即退回上一部门。"},
    "incomplete": {"en": "Fields left empty: {what}.", "zh": "要素缺失:{what}。"},
    "seen": {"en": "Seen.", "zh": "已触发。"},
}
_UNITS: Final[dict[Language, tuple[str, str, str]]] = {"en": (" h", " min", " s"), "zh": ("小时", "分", "秒")}
_BETWEEN: Final[dict[Language, str]] = {"en": ", ", "zh": "、"}
_COLON: Final[dict[Language, str]] = {"en": ": ", "zh": ":"}


def title(flow: Flow, language: Language) -> str:
    """What the rule is called."""
    return flow.titles.get(language) or flow.name


def summary(flow: Flow, finding: Finding, language: Language) -> str:
    """Rule and finding in one line."""
    return _COLON[language].join((title(flow, language), sentence(flow, finding, language)))


def sentence(flow: Flow, finding: Finding, language: Language) -> str:
    """What was found."""
    named = {part.name: part.titles.get(language) or part.name for part in flow.parts}
    what = _BETWEEN[language].join(named.get(each, each) for each in finding.what)
    return _SENTENCES[finding.reason][language].format(
        what=what, took=_duration(finding.value_us, language), within=_duration(flow.within_us, language)
    )


def _duration(us: int, language: Language) -> str:
    hours, rest = divmod(us, HOUR)
    minutes, rest = divmod(rest, MINUTE)
    units = _UNITS[language]
    parts = [f"{value:g}{unit}" for value, unit in zip((hours, minutes, rest / SECOND), units, strict=True) if value]
    return (" " if language == "en" else "").join(parts) or f"0{units[2]}"
