"""Policy versions in a timeline as people write them: what is laid over the policy so far, and when that is published (R84, P7).

    policies:
      - at: 2h
        overlay: |
          version: stricter                   # the name by which this file speaks of it
          applies_to: open
          clocks: {resolution: {rules: [{target: 1h}]}}

An overlay changes what went before as a further file of a policy folder does. Whom it is for (``applies_to``) and from when it counts, if not
from ``at`` on (``effective_from``), is said in it.
"""

from collections.abc import Iterable
from typing import Final

import msgspec

from monitor.errors import SourceError
from monitor.policy.load import Files, load_policy
from monitor.policy.model import Policy
from monitor.sources.offsets import offset_us
from schemas.instants import Instant

_OWN_OF_EACH: Final = "{version: null, applies_to: null, effective_from: null}"
"""What a version does not take over from the one before."""


class Revision(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One later version: an offset, and the text of a policy file laid over the version before."""

    at: str | float
    overlay: str


def versions_of(start_at: Instant, files: Files, revisions: Iterable[Revision], file: str = "timeline") -> list[tuple[Instant, Policy]]:
    """The policy of ``files``, then each later version, and from when ticks name it. Raises SourceError and PolicyErrors that name the row."""
    found = [(start_at, load_policy(files))]
    for index, revision in enumerate(revisions):
        row, last = f"policies[{index}]", max(name for name, _ in files)
        files = [*files, (f"{last} (before {row})", _OWN_OF_EACH), (f"{last} + {row}", revision.overlay)]  # files are laid over each other by name
        try:
            at = start_at + offset_us(revision.at)
        except ValueError as error:
            raise SourceError(f"{file}: {row}: {error}") from None
        if at <= found[-1][0]:
            raise SourceError(f"{file}: {row}: comes no later than the version before it")
        policy = load_policy(files)
        if any(policy.version == known.version for _, known in found):
            raise SourceError(f"{file}: {row}: says what an earlier version says; give it another `version:`")
        found.append((at, policy))
    return found
