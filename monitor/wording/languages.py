"""The languages of the product and how a text is kept in all of them."""

from typing import Final, NamedTuple

from monitor.policy.model import Language

LANGUAGES: Final[tuple[Language, ...]] = ("en", "zh")


class Words(NamedTuple):
    """One text in every language."""

    en: str
    zh: str

    def of(self, language: Language) -> str:
        """The text in one language."""
        return self.zh if language == "zh" else self.en


def titled(titles: dict[Language, str], language: Language, name: str) -> str:
    """The title in a language, else in any, else the name."""
    return titles.get(language) or next((text for text in titles.values() if text), name)
