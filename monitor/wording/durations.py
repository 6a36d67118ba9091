"""Durations for people: ``2 h 5 min``, ``2小时5分``; in policies: ``2h5m``."""

from monitor.policy.model import Language, Target
from schemas.instants import HOUR, MINUTE, SECOND

_TWO_MINUTES_US = 2 * MINUTE


def duration(us: int, language: Language) -> str:
    """A duration in words: exact, seconds alone below two minutes."""
    zh = language == "zh"
    seconds, rest = divmod(us, SECOND)
    if us < _TWO_MINUTES_US:
        return f"{_exact(seconds, rest)}{'秒' if zh else ' s'}"
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    text = _exact(seconds, rest)
    if zh and minutes and text == "0" and not hours:
        return f"{minutes}分钟"
    if zh:
        return "".join((f"{hours}小时" if hours else "", f"{minutes}分" if minutes else "", f"{text}秒" if text != "0" else ""))
    parts = (f"{hours} h" if hours else "", f"{minutes} min" if minutes else "", f"{text} s" if text != "0" else "")
    return " ".join(part for part in parts if part)


def _exact(seconds: int, rest_us: int) -> str:
    """Seconds with every digit there is (P22), and no more."""
    return f"{seconds}.{rest_us:06d}".rstrip("0") if rest_us else str(seconds)


def target_text(target: Target | None) -> str:
    """A target as a policy writes it: ``1h30m``, ``2bd``, ``due_at``, ``none``."""
    if target is None:
        return "none"
    if target.kind == "business_days":
        return f"{target.amount}bd"
    return written(target.amount) if target.kind == "counted" else "due_at"


def written(us: int) -> str:
    """A duration as a policy writes it: ``90s`` is ``1m30s``."""
    parts = ((us // HOUR, "h"), (us % HOUR // MINUTE, "m"), (us % MINUTE // SECOND, "s"), (us % SECOND // 1000, "ms"))
    return "".join(f"{value}{unit}" for value, unit in parts if value) or "0s"
