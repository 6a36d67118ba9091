"""A worker of the real processors with the chaos policy: ``python -m tests.chaos.product_worker SETTINGS_JSON``."""

import logging
import sys
from pathlib import Path
from typing import Final

import msgspec

from agents.runtime.settings import ProcessorSpec, RuntimeSettings
from agents.worker import run
from monitor.console.wiring import processors
from monitor.policy import load_policy
from monitor.settings import Settings

POLICY_FILE: Final = Path(__file__).with_name("product.yaml")
POLICY: Final = load_policy([(str(POLICY_FILE), POLICY_FILE.read_text(encoding="utf-8"))])
SPECS: Final[tuple[ProcessorSpec, ...]] = processors(Settings(), POLICY)


def main() -> int:
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s", stream=sys.stderr)
    logging.getLogger("sla").setLevel(logging.INFO)
    return run(msgspec.json.decode(sys.argv[1], type=RuntimeSettings), SPECS)


if __name__ == "__main__":
    sys.exit(main())
