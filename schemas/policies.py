"""Policy versions on ``sla.policies`` (design §4, §9): compacted, read by every worker before it is ready. Record key: ``version``."""

from typing import Annotated, Literal

import msgspec

from schemas.events.base import Identifier, Text, Timestamp


class PolicyRecord(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One policy: its YAML text with overlays already merged. ``version`` is the hash of its compiled content.

    ``effective_from`` absent means from the first tick that names the version; ``applies_to: open`` gives open clocks the
    new target and calendar with the same start and pauses (P14), ``new`` leaves them their promise.
    """

    version: Identifier
    yaml: Annotated[str, msgspec.Meta(min_length=1, max_length=900_000)]
    effective_from: Timestamp | None = None
    applies_to: Literal["new", "open"] = "new"
    title: Text | None = None
    published_at: Timestamp | None = None
    person: Identifier | None = None
