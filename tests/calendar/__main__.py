"""``python -m tests.calendar [CASES] [SEED]``: the independent check, random questions to the command line judged by the slow implementation."""

import json
import subprocess
import sys
import time

from tests.calendar.cases import Json, agrees, random_cases, slow_answer


def check(cases: list[Json]) -> tuple[list[str], float]:
    """Each difference in one line, and how long the command took."""
    lines = "".join(json.dumps(case) + "\n" for case in cases)
    began = time.perf_counter()
    command = [sys.executable, "-m", "monitor.console", "deadline"]
    done = subprocess.run(command, input=lines, capture_output=True, text=True, check=True)
    took = time.perf_counter() - began
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    found = []
    for case, got in zip(cases, answers, strict=True):
        expected = slow_answer(case)
        if not agrees(case, expected, got):
            found.append(f"{json.dumps(case)}: expected {expected}, got {got}")
    return found, took


def main(count: int = 10_000, seed: int = 1) -> int:
    """Print differences, then one line of figures; 1 if there is a difference."""
    differences, took = check(random_cases(count, seed))
    print("\n".join(differences[:20]), end="\n" if differences else "")
    print(f"cases: {count:,}  differences: {len(differences)}  cases a second: {count / took:,.0f}")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main(*(int(argument) for argument in sys.argv[1:3])))
