"""Write the texts beside the golden timelines anew: ``python -m tests.timelines.write_texts [P10 …]``."""

import sys
from typing import get_args

from monitor.policy.model import Language
from tests.timelines.explained import read_timeline, text_of
from tests.timelines.test_clock_rules import FILES


def main(rules: list[str]) -> None:
    """All files, or those of the rules named."""
    for path in FILES:
        timeline = read_timeline(path)
        if rules and timeline.rule not in rules:
            continue
        told = timeline.explained()
        for language in get_args(Language):
            path.with_suffix(f".{language}.txt").write_text(text_of(told, language), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
