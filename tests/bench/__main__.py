"""``make bench``: the figures of design §11 as ``name: value`` lines, all measured in this run on one broker.

python -m tests.bench [--events N] [--calls N]
"""

import argparse
import sys

from tests.bench.delay import measure_delay
from tests.bench.pure_fold import measure_fold
from tests.bench.throughput import measure_peer, measure_worker, publish
from tests.live.installation import Installation

FIGURES = (
    "events_per_second",
    "cpu_us_per_event",
    "plain_faust_events_per_second",
    "plain_faust_cpu_us_per_event",
    "quix_events_per_second",
    "quix_cpu_us_per_event",
    "fold_cpu_us_per_event",
    "ratio_plain_faust",
    "ratio_quix",
    "ratio_fold_cpu",
    "alert_delay_p50_seconds",
    "alert_delay_p99_seconds",
)
FAUST_SHARE, QUIX_SHARE, FOLD_SHARE = 80, 8, 4


def main(arguments: list[str] | None = None) -> int:
    """Measure and print; the figures judge themselves against design §11, the exit code only says that all were measured."""
    parser = argparse.ArgumentParser(prog="bench")
    parser.add_argument("--events", type=int, default=400_000, help="events of the throughput log")
    parser.add_argument("--calls", type=int, default=1_500, help="deadlines of the delay run")
    chosen = parser.parse_args(arguments)
    events = chosen.events
    with Installation("bench") as installation:
        publish(installation, events)
        worker = measure_worker(installation, events)
        say("events_per_second", worker["events_per_second"])
        say("cpu_us_per_event", worker["cpu_us_per_event"])
        faust = measure_peer(installation, "plain_faust", max(1_000, events // FAUST_SHARE))
        say("plain_faust_events_per_second", faust["events_per_second"])
        say("plain_faust_cpu_us_per_event", faust["cpu_us_per_event"])
        quix = measure_peer(installation, "quix", max(5_000, events // QUIX_SHARE))
        say("quix_events_per_second", quix["events_per_second"])
        say("quix_cpu_us_per_event", quix["cpu_us_per_event"])
    fold = measure_fold(max(20_000, events // FOLD_SHARE))
    say("fold_cpu_us_per_event", fold)
    say("ratio_plain_faust", worker["events_per_second"] / faust["events_per_second"])
    say("ratio_quix", worker["events_per_second"] / quix["events_per_second"])
    say("ratio_fold_cpu", worker["cpu_us_per_event"] / fold)
    delays = measure_delay(chosen.calls)
    say("alert_delay_p50_seconds", delays[len(delays) // 2])
    say("alert_delay_p99_seconds", delays[int(len(delays) * 0.99)])
    return 0


def say(name: str, value: float) -> None:
    """One figure."""
    print(f"{name}: {value:.2f}" if value < 1000 else f"{name}: {value:.0f}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
