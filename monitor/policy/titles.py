"""Titles in one or two languages: what is said once is said in both, so that a reader of either sees a name."""

from monitor.policy.findings import Path, Remarks
from monitor.policy.model import Language
from monitor.policy.terms import Title


def titles_of(title: Title | None, path: Path, remarks: Remarks) -> dict[Language, str]:
    """The title in every language; empty where there is none."""
    if title is None:
        return {}
    if isinstance(title, str):
        return {"en": title, "zh": title}
    english, chinese = title.en or title.zh, title.zh or title.en
    if english is None or chinese is None:
        remarks.error((*path, "title"), "an empty title; give a text, or one per language: {en: …, zh: …}")
        return {}
    return {"en": english, "zh": chinese}
