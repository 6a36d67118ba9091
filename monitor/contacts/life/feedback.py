"""What customers and quality control say of a contact: counted at the instant they say it, long after it is closed too (R26-R29).

Counters are named by the policy's instruments and dimensions; of others only how many there were is known. An answer on another
scale than the instrument has enters no mean and no share.
"""

from collections.abc import Callable

from monitor.contacts.counting import Desk
from monitor.contacts.kept.contact import View
from monitor.policy.model import Policy, Survey
from schemas.events import EventData
from schemas.events.shared import QcScored, SurveyScored
from schemas.instants import Instant

Tally = Callable[[Desk, View, EventData, Instant], None]
"""Books what one event says."""


def tally_of(policy: Policy, kind: type[EventData]) -> Tally | None:
    """How an event of this kind is counted; None for all but surveys and quality checks."""
    if kind is SurveyScored:
        return _surveys(policy.surveys)
    if kind is QcScored:
        return _checks(policy.qc_dimensions)
    return None


def _surveys(known: dict[str, Survey]) -> Tally:
    def tally(desk: Desk, view: View, data: EventData, at: Instant) -> None:
        if isinstance(data, SurveyScored):
            place, survey = desk.place_of(view), known.get(data.instrument)
            if survey is None:
                desk.count(place, at, "survey.unlisted")
            elif (data.scale_min, data.scale_max) != (survey.scale_min, survey.scale_max):
                desk.count(place, at, f"survey.{survey.name}.other_scale")
            else:
                desk.count(place, at, f"survey.{survey.name}.n")
                desk.total(place, at, f"survey.{survey.name}.score_milli", round(data.score * 1000))
                if data.score >= survey.satisfied_at_least:
                    desk.count(place, at, f"survey.{survey.name}.satisfied")
                elif data.score <= survey.dissatisfied_at_most:
                    desk.count(place, at, f"survey.{survey.name}.dissatisfied")

    return tally


def _checks(known: tuple[str, ...]) -> Tally:
    def tally(desk: Desk, view: View, data: EventData, at: Instant) -> None:
        if isinstance(data, QcScored):
            place = desk.place_of(view)
            if data.dimension not in known:
                desk.count(place, at, "qc.unlisted")
                return
            desk.count(place, at, f"qc.{data.dimension}.n")
            if data.passed:
                desk.count(place, at, f"qc.{data.dimension}.passed")

    return tally
