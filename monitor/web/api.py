"""``/api/v1``: why a contact was judged as it was, and what breaches next (design §5). Read-only; deploy/api.md describes it.

A worker answers for the shards it owns; whoever wants the whole asks all workers, as ``sla-monitor due`` and ``explain`` do.
"""

import asyncio
from typing import Final, get_args

import msgspec
from aiohttp import web

from monitor.policy.model import Language
from monitor.turns import Result, Turns
from monitor.web.questions import BadQuestion, due_question, limit_of
from monitor.web.view import ContactsShard, WorkerView
from monitor.wording.explanations import text_turns
from schemas.due import DueClock, DueClocks
from schemas.events import FAMILIES, Family
from schemas.explanations import ContactExplanation
from schemas.instants import SECOND, format_instant
from schemas.partition import partition_of

CONTACTS_A_TURN: Final = 50
"""Contacts read before the event loop gets a turn: about a millisecond."""

TURN_SECONDS: Final = 0.002
"""How long an explanation is told before the event loop gets a turn; one of 200 events takes some tens of milliseconds in all."""

_LANGUAGES: Final = get_args(Language)


class Api:
    """The questions that a worker answers."""

    def __init__(self, view: WorkerView) -> None:
        self._view = view

    def routes(self) -> list[web.RouteDef]:
        """Paths and what answers them."""
        return [
            web.get("/api/v1/contacts/{contact}/explanation", self._explanation),
            web.get("/api/v1/contacts/{family}/{contact}/explanation", self._explanation),
            web.get("/api/v1/due", self._due),
        ]

    async def _explanation(self, request: web.Request) -> web.Response:
        contact, family = request.match_info["contact"], request.match_info.get("family")
        if family is not None and family not in FAMILIES:
            return _problem(400, f"family: expected one of {', '.join(FAMILIES)}, got {family!r}")
        form, language = request.query.get("format", "json"), request.query.get("language", "en")
        if form not in ("json", "text"):
            return _problem(400, f"format: expected json or text, got {form!r}")
        if language not in _LANGUAGES:
            return _problem(400, f"language: expected one of {', '.join(_LANGUAGES)}, got {language!r}")
        partition = partition_of(contact.encode(), self._view.partitions)
        owned = self._view.contacts()
        shard = owned.get(partition)
        if shard is None:
            return _problem(404, f"contact {contact} belongs to partition {partition}, which another worker owns", partition, sorted(owned))
        found = await _explained(shard, contact, family)
        if not found:
            return _problem(404, f"no contact {contact} is kept: it never was, or it was forgotten after its time", partition, sorted(owned))
        if form == "text":
            texts = [await _in_turns(text_turns(each, "zh" if language == "zh" else "en")) for each in found]
            return web.Response(text="\n".join(texts))
        return _json(found[0] if family is not None else found)

    async def _due(self, request: web.Request) -> web.Response:
        try:
            question = due_question(request.query)
            limit = limit_of(request.query)
        except BadQuestion as problem:
            return _problem(400, str(problem))
        owned = self._view.contacts()
        found: list[DueClock] = []
        read = 0
        for shard in owned.values():
            for clocks in shard.due(question):
                found += clocks
                read += 1
                if not read % CONTACTS_A_TURN:
                    await asyncio.sleep(0)
        found.sort(key=lambda each: (each.deadline, each.contact, each.clock))
        judged_at = min((shard.judged_at for shard in owned.values()), default=0)
        t = format_instant(judged_at) if judged_at > 0 else None
        within = question.within_us / SECOND
        return _json(DueClocks(t=t, within_seconds=within, total=len(found), clocks=found[:limit], partitions=sorted(owned)))


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why there is no answer: one sentence; with the contact's partition and those that this worker owns."""

    error: str
    partition: int | None = None
    owned: list[int] | None = None


async def _explained(shard: ContactsShard, contact: str, family: str | None) -> list[ContactExplanation]:
    families: tuple[Family, ...] = tuple(each for each in FAMILIES if family in (None, each))
    telling = [turns for each in families if (turns := shard.telling(each, contact)) is not None]
    return [await _in_turns(turns) for turns in telling]


async def _in_turns(turns: Turns[Result]) -> Result:
    """Work done a little at a time, while the event loop goes on with everything else."""
    loop = asyncio.get_running_loop()
    until = loop.time() + TURN_SECONDS
    while True:
        try:
            next(turns)
        except StopIteration as end:
            result: Result = end.value
            return result
        if loop.time() >= until:
            await asyncio.sleep(0)
            until = loop.time() + TURN_SECONDS


def _problem(status: int, sentence: str, partition: int | None = None, owned: list[int] | None = None) -> web.Response:
    return _json(Problem(error=sentence, partition=partition, owned=owned), status)


def _json(value: object, status: int = 200) -> web.Response:
    body = msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"
    return web.Response(body=body, status=status, content_type="application/json", charset="utf-8")
