"""Which contacts fall through all rules of a clock: what nobody promised them may be a gap (a row `target: none` says that it is meant)."""

from typing import Final

from monitor.policy.attributes import rule_fields
from monitor.policy.cases import cases_of, decide, tested_fields
from monitor.policy.findings import Remarks
from monitor.policy.model import Clock, Scalar
from monitor.policy.reach import Times

_MOST_SHOWN: Final = 3
_PERIOD: Final = "period "
_Gap = dict[str, frozenset[Scalar]]
_Key = tuple[tuple[str, frozenset[Scalar]], ...]


def check_coverage(clock: Clock, remarks: Remarks) -> None:
    """Warn of values of closed fields, and of times, for which no rule of a clock decides."""
    closed = [field for field in tested_fields(clock.rules) if rule_fields()[field].values is not None]
    timed = any(rule.during or rule.outside for rule in clock.rules)
    cases = cases_of(clock.rules, closed) if closed or timed else None
    if cases is None:
        return
    gaps: list[_Gap] = []
    for case in cases:
        if decide(clock.rules, case.values(), case.times) is None:
            gaps.append(dict(sorted(({group.field: frozenset(group.values) for group in case.groups} | _periods(case.times)).items())))
    if gaps:
        shown = [_described(gap) for gap in _joined(gaps)]
        rest = f"; nor in {len(shown) - _MOST_SHOWN} other cases" if len(shown) > _MOST_SHOWN else ""
        remarks.warning(
            ("clocks", clock.name, "rules"),
            f"nothing is promised for {'; nor for '.join(shown[:_MOST_SHOWN])}{rest}: add a rule, or end with `{{target: none}}` where that is meant",
        )


def _periods(times: Times) -> _Gap:
    return {f"{_PERIOD}{name}": frozenset({name in times.inside}) for name in sorted(times.inside | times.outside)}


def _joined(gaps: list[_Gap]) -> list[_Gap]:
    """The gaps with those made one that differ in one field alone, and without fields that make no difference."""
    for field in list(gaps[0]) * 2:
        joined: dict[_Key, frozenset[Scalar]] = {}
        for gap in gaps:
            rest = tuple((name, values) for name, values in gap.items() if name != field)
            joined[rest] = joined.get(rest, frozenset()) | gap.get(field, _all_of(field))
        gaps = [dict(rest) if values >= _all_of(field) else dict(sorted([*rest, (field, values)])) for rest, values in joined.items()]
    return gaps


def _all_of(field: str) -> frozenset[Scalar]:
    if field.startswith(_PERIOD):
        return frozenset({True, False})
    return frozenset(rule_fields()[field].values or ())


def _described(gap: _Gap) -> str:
    """``request_type business or complaint with priority low, outside peak``."""
    parts = [f"{field} {_listed(values, _all_of(field))}" for field, values in gap.items() if not field.startswith(_PERIOD)]
    times = [
        f"{'during' if values == {True} else 'outside'} {field.removeprefix(_PERIOD)}" for field, values in gap.items() if field.startswith(_PERIOD)
    ]
    return ", ".join([" with ".join(parts), *times] if parts else times)


def _listed(values: frozenset[Scalar], everything: frozenset[Scalar]) -> str:
    """The values, or those that are missing where they are fewer."""
    if len(values) * 2 > len(everything):
        return f"other than {' or '.join(sorted(map(str, everything - values)))}"
    return " or ".join(sorted(map(str, values)))
