"""The ``surveys``, ``qc_dimensions`` and ``privacy`` sections compiled (R26-R29, R80)."""

from typing import Final

from monitor.policy.decoding import closest
from monitor.policy.findings import Path, Remarks
from monitor.policy.flow_source import SurveySource
from monitor.policy.model import Privacy, Survey
from monitor.policy.source import PolicySource

HASH_KEY_SETTING: Final = "SLA_CUSTOMER_HASH_KEY"
NO_HASH_KEY: Final = f"the policy hashes customer keys here (privacy.customer_keys): set {HASH_KEY_SETTING} or {HASH_KEY_SETTING}_FILE"
WITHHELD: Final = ("agent_id", "customer_key", "impact_scope", "location", "origin_contact_id", "service_key", "symptom")
"""Event fields that may be kept out of the state: nothing that clocks, queues or ratios need."""


def compile_surveys(source: PolicySource, remarks: Remarks) -> dict[str, Survey]:
    """All instruments by name."""
    return {name: _survey(name, survey, remarks) for name, survey in sorted(source.surveys.items())}


def compile_dimensions(source: PolicySource, remarks: Remarks) -> tuple[str, ...]:
    """The dimensions of quality control that are counted."""
    for index, name in enumerate(source.qc_dimensions):
        if name in source.qc_dimensions[:index]:
            remarks.error(("qc_dimensions", index), f"`{name}` is named twice")
    return tuple(sorted(set(source.qc_dimensions)))


def compile_privacy(source: PolicySource, remarks: Remarks) -> Privacy:
    """What happens to customer keys and personal fields before anything is stored (R80)."""
    for index, name in enumerate(source.privacy.withhold):
        if name not in WITHHELD:
            known = f"{closest(name, list(WITHHELD))}; expected one of: {' '.join(WITHHELD)}"
            remarks.error(("privacy", "withhold", index), f"`{name}` cannot be withheld{known}")
    if source.privacy.hash_key_setting not in (None, HASH_KEY_SETTING):
        remarks.error(("privacy", "hash_key_setting"), f"the key is read from {HASH_KEY_SETTING} (or {HASH_KEY_SETTING}_FILE) and no other setting")
    return Privacy(hash_here=source.privacy.customer_keys == "hash_here", withhold=tuple(sorted(set(source.privacy.withhold))))


def _survey(name: str, source: SurveySource, remarks: Remarks) -> Survey:
    path: Path = ("surveys", name)
    low, high = min(source.scale, default=0), max(source.scale, default=0)
    if len(source.scale) != 2:
        remarks.error((*path, "scale"), "expected two numbers, the lowest and the highest score, such as [1, 5]")
    elif source.scale != [low, high] or low == high:
        remarks.error((*path, "scale"), f"the scale goes from {source.scale[0]:g} to {source.scale[1]:g}; the lower end comes first")
    elif not low <= source.dissatisfied_at_most < source.satisfied_at_least <= high:
        remarks.error(path, "expected dissatisfied_at_most below satisfied_at_least, both on the scale")
    return Survey(
        name=name,
        scale_min=low,
        scale_max=high,
        satisfied_at_least=source.satisfied_at_least,
        dissatisfied_at_most=source.dissatisfied_at_most,
    )
