"""A worker of the real processors, as the product runs it: ``python -m tests.chaos.product_worker SETTINGS_JSON``.

It follows ``sla.policies``; the first version is there before it starts.
"""

import logging
import sys

import msgspec

from agents.policies import PolicyFollower
from agents.runtime.settings import RuntimeSettings
from agents.worker import run
from monitor.console.wiring import processors
from monitor.policy.book import Policies
from monitor.settings import Settings


def main() -> int:
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s", stream=sys.stderr)
    logging.getLogger("sla").setLevel(logging.INFO)
    settings, policies = msgspec.json.decode(sys.argv[1], type=RuntimeSettings), Policies()

    async def prepare() -> PolicyFollower:
        follower = PolicyFollower(settings, policies)
        await follower.start()
        return follower

    return run(settings, processors(Settings(), policies), policies=prepare)


if __name__ == "__main__":
    sys.exit(main())
