"""A worker of the toy processors as a process of its own: ``python -m tests.runtime.toy_worker SETTINGS_JSON [processor ...]``."""

import logging
import sys

import msgspec

from agents.runtime.settings import ProcessorSpec, RuntimeSettings
from agents.worker import run
from monitor.errors import SlaMonitorError
from schemas.topics import DEAD_LETTERS
from tests.runtime import toys

SPECS = {
    "deadlines": ProcessorSpec(
        name="deadlines",
        sources=(toys.CALLS, toys.CHATS),
        tick_topic=toys.TICKS,
        factory=toys.Deadlines,
        outputs=(toys.ALERTS, toys.PANES, DEAD_LETTERS),
    ),
    "totals": ProcessorSpec(name="totals", sources=(toys.PANES,), tick_topic=None, factory=toys.Totals, outputs=(toys.TOTALS,)),
}


def main() -> int:
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s", stream=sys.stderr)
    logging.getLogger("sla").setLevel(logging.INFO)
    settings = msgspec.json.decode(sys.argv[1], type=RuntimeSettings)
    names = sys.argv[2:] or list(SPECS)
    try:
        return run(settings, [SPECS[name] for name in names])
    except SlaMonitorError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code


if __name__ == "__main__":
    sys.exit(main())
