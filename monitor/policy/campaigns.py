"""The ``campaigns`` section: rules laid over a clock's own between two instants (R61), checked and put in order.

A campaign that begins later is the more particular one: where two overlap, its rules go first, whatever the order of the file.
"""

from collections.abc import Iterator, Mapping
from itertools import combinations

import msgspec

from monitor.policy.decoding import closest
from monitor.policy.findings import Path, Remarks
from monitor.policy.model import Period
from monitor.policy.periods import meet
from monitor.policy.source import CampaignSource, PolicySource, RuleSource


class PlacedRule(msgspec.Struct, frozen=True):
    """A rule as written, where it stands, and the campaign it belongs to."""

    source: RuleSource
    path: Path
    campaign: Period | None = None


def rules_of(source: PolicySource, clock: str, periods: Mapping[str, Period]) -> Iterator[PlacedRule]:
    """The rules of a clock in the order in which they are tried: those of campaigns before its own."""
    for name in in_order(source.campaigns, periods):
        campaign = source.campaigns[name].clocks.get(clock)
        for index, rule in enumerate(campaign.rules if campaign else ()):
            yield PlacedRule(rule, ("campaigns", name, "clocks", clock, "rules", index), periods[name])
    for index, rule in enumerate(source.clocks[clock].rules):
        yield PlacedRule(rule, ("clocks", clock, "rules", index))


def in_order(campaigns: Mapping[str, CampaignSource], periods: Mapping[str, Period]) -> list[str]:
    """The names of the campaigns, those that begin later first."""
    return sorted(campaigns, key=lambda name: (-(periods[name].from_at or 0), name))


def check_campaigns(source: PolicySource, periods: Mapping[str, Period], remarks: Remarks) -> None:
    """Report campaigns that change what does not exist, change nothing, or stand in each other's way."""
    for name, campaign in source.campaigns.items():
        path: Path = ("campaigns", name)
        if not campaign.clocks and not campaign.objectives:
            remarks.warning(path, "changes nothing; give it clocks with rules, or objectives")
        for clock, rules in campaign.clocks.items():
            if clock not in source.clocks:
                remarks.error((*path, "clocks", clock), f"unknown clock `{clock}`{closest(clock, list(source.clocks))}; expected one of `clocks`")
            if not rules.rules:
                remarks.warning((*path, "clocks", clock, "rules"), "no rules: the clock is as it was")
        for objective in campaign.objectives:
            if objective not in source.objectives:
                known = closest(objective, list(source.objectives))
                remarks.error((*path, "objectives", objective), f"unknown objective `{objective}`{known}; expected one of `objectives`")
    for later, earlier in combinations(in_order(source.campaigns, periods), 2):
        shared = sorted(set(source.campaigns[later].clocks) & set(source.campaigns[earlier].clocks))
        if shared and meet(periods[later], periods[earlier]):
            clocks = " and ".join(f"`{clock}`" for clock in shared)
            remarks.warning(("campaigns", earlier), f"overlaps `{later}`, whose rules go first on {clocks}")
