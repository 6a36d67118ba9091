"""``python -m tests.chaos --kills N``: exits 1 unless nothing was lost, false, doubled or miscounted. Uses a broker of its own."""

import argparse
import asyncio
import logging
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from agents.broker import LocalBroker, free_port
from tests.chaos.disturbances import ALL, BY_PEOPLE, TRUNCATED
from tests.chaos.product_scenario import ProductScenario
from tests.chaos.run import chaos_settings, run_chaos
from tests.chaos.scenario import Scenario
from tests.chaos.toy_scenario import ToyScenario
from tests.chaos.truncation import truncate_source
from tests.chaos.verdict import Verdict

ZEROS = ("lost", "false", "duplicates", "wrong_counters")
NOTES = 20
"""How many wrongs are named."""


def _toys(seed: int) -> Scenario:
    return ToyScenario(seed)


def _product(seed: int) -> Scenario:
    return ProductScenario(seed)


SCENARIOS: dict[str, Callable[[int], Scenario]] = {"product": _product, "toys": _toys}


async def _all(names: list[str], broker: LocalBroker, kills: int, seed: int, folder: Path) -> tuple[Verdict, Counter[str], int]:
    total, counts, refused = Verdict(), Counter(dict.fromkeys(ALL, 0)), 0
    for name in names:
        work = folder / name
        work.mkdir()
        verdict, happened, exits = await run_chaos(SCENARIOS[name](seed), broker, kills, seed, work)
        figures = ", ".join(f"{figure} {getattr(verdict, figure)}" for figure in ZEROS)
        print(f"# {name}: {figures}; exits {dict(sorted(exits.items()))}", file=sys.stderr, flush=True)
        for note in verdict.notes[:NOTES]:
            print(f"#   {note}", file=sys.stderr, flush=True)
        total += verdict
        counts += happened
        refused += await truncate_source(chaos_settings(broker.bootstrap), SCENARIOS[name](seed), work)
        counts[TRUNCATED] += 1
    return total, counts, refused


def main(arguments: list[str] | None = None) -> int:
    """Run, print ``name: value`` lines, return the exit code."""
    parser = argparse.ArgumentParser(
        prog="tests.chaos", description="Kill, pause and starve workers under people at work; prove that nothing is lost."
    )
    parser.add_argument("--kills", type=int, default=6)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--scenario", action="append", choices=sorted(SCENARIOS), help="only these (default: all)")
    chosen = parser.parse_args(arguments)
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # a broker that comes and goes is the purpose
    folder = Path(tempfile.mkdtemp(prefix="sla-chaos-"))
    broker = LocalBroker(folder / "broker", free_port())
    broker.start()
    try:
        names = chosen.scenario or sorted(SCENARIOS)
        total, counts, refused = asyncio.run(_all(names, broker, chosen.kills, chosen.seed, folder))
    finally:
        broker.stop()
    for name in (*ALL, *BY_PEOPLE):
        print(f"{name}: {counts[name]}")
    print(f"truncation_refused: {refused}")
    for name in ZEROS:
        print(f"{name}: {getattr(total, name)}")
    print(f"alerts_compared: {total.alerts}")
    print(f"counters_compared: {total.counters}")
    print(f"endings_compared: {total.endings}")
    print(f"unknown_outcomes: {total.unknown}")
    clean = total.clean and refused == len(names)
    if clean:
        shutil.rmtree(folder)
    else:
        print(f"# the logs of the workers are in {folder}", file=sys.stderr)
    return 0 if clean else 1


if __name__ == "__main__":
    sys.exit(main())
