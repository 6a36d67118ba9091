"""``sla-monitor explain``: why a contact was judged as it was, from a file of events or from the workers."""

import sys
from pathlib import Path
from urllib.parse import quote

import click
import msgspec

from monitor.console.asking import ask
from monitor.console.policies import files_of, open_policy, settings
from monitor.console.screen import Format, output_option, print_json
from monitor.errors import SourceError
from monitor.policy.model import Language
from monitor.replay.explaining import explain_log, of_clock
from monitor.replay.schedule import Schedule
from monitor.sources.arrival import Arrival
from monitor.sources.commanded import given_of
from monitor.sources.events_file import arrival_of
from monitor.sources.revisions import versions_of
from monitor.sources.timeline import arrivals_of, read_timeline
from monitor.wording.explanations import explanation_text, refused_text
from schemas.documents import documents
from schemas.events import Family
from schemas.explanations import ContactExplanation, Explanations, RefusedRecord
from schemas.instants import Instant, parse_instant
from schemas.reasons import Reason, Refused

_TIMELINES = (".yaml", ".yml")
_FILES = (*_TIMELINES, ".json", ".jsonl", ".ndjson")
"""A name that ends so is meant as a file; ids of contacts do not."""
_told = msgspec.json.Decoder(ContactExplanation).decode
_many = msgspec.json.Decoder(list[ContactExplanation]).decode


class InstantParameter(click.ParamType):
    """An RFC 3339 instant with a zone."""

    name = "INSTANT"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Microseconds since 1970."""
        try:
            return parse_instant(str(value))
        except ValueError as error:
            self.fail(f"{error}: expected something like 2026-03-02T10:00:00+08:00, got {value!r}", param, ctx)


@click.command()
@click.argument("target", metavar="FILE|CONTACT")
@click.option("--policy", help="with a file: YAML file, folder, or name of a shipped policy  [default: SLA_POLICY, else default]")
@click.option("--contact", help="with a file: only this contact")
@click.option("--family", type=click.Choice(["call", "chat", "workorder"]), help="only contacts of this family")
@click.option("--clock", help="only the cycles of this clock")
@click.option("--at", "until", type=InstantParameter(), help="with a file: judge up to this instant  [default: a minute after the last event]")
@click.option("--language", type=click.Choice(["en", "zh"]), help="language of the text  [default: SLA_LANGUAGE]")
@output_option
def command(
    target: str,
    policy: str | None,
    contact: str | None,
    family: Family | None,
    clock: str | None,
    until: Instant | None,
    language: Language | None,
    output: Format,
) -> int:
    """Tell everything about a contact: what each event did, which rule decided and why earlier ones did not, how the deadline comes about.

    FILE holds structured CloudEvents as check-event reads them (- is standard input), or a timeline (.yaml: start, and events at offsets
    from it; if it likes, a policy of its own, versions that replace it, commands that people give): they are judged as `replay` would.
    Anything else is the id of a CONTACT, asked from the running workers (SLA_WORKERS). Exit code 1 when no such contact is found.
    """
    is_file = target == "-" or Path(target).is_file()
    if not is_file and (policy, contact, until) != (None, None, None):
        raise SourceError(f"{target}: no such file; --policy, --contact and --at are for files of events")
    if not is_file and Path(target).suffix in _FILES:
        raise SourceError(f"{target}: no such file")
    told = _of_file(target, policy, until) if is_file else _of_workers(target, family)
    kept = [each for each in told.contacts if contact in (None, each.contact) and family in (None, each.family)]
    if clock is not None:
        kept = [of_clock(each, clock) for each in kept]
    _print(Explanations(contacts=tuple(kept), refused=told.refused), output, language or settings().language)
    return 0 if kept else 1


def _print(told: Explanations, output: Format, language: Language) -> None:
    if output == "json":
        print_json(told)
        return
    texts = [explanation_text(each, language) for each in told.contacts]
    refused = refused_text(told.refused, language)
    click.echo("\n".join([*texts, refused] if refused else texts), nl=False)


def _of_file(target: str, policy: str | None, until: Instant | None) -> Explanations:
    try:
        raw = sys.stdin.buffer.read() if target == "-" else Path(target).read_bytes()
    except OSError as error:
        raise SourceError(f"{target}: cannot be read ({error.strerror})") from None
    if Path(target).suffix in _TIMELINES:
        return _of_timeline(raw, target, policy, until)
    arrivals, refused = _arrivals(raw)
    told = explain_log(arrivals, open_policy(policy), until)
    return Explanations(contacts=told.contacts, refused=(*refused, *told.refused))


def _of_timeline(raw: bytes, file: str, policy: str | None, until: Instant | None) -> Explanations:
    timeline = read_timeline(raw.decode(errors="replace"), file)
    files = [(file, timeline.policy)] if timeline.policy is not None and policy is None else files_of(policy)
    schedule = Schedule(versions_of(timeline.start_at, files, timeline.policies, file))
    given = given_of(timeline.start_at, timeline.commands, schedule.names, file)
    arrivals = arrivals_of(timeline.start_at, timeline.events, file)
    return explain_log(arrivals, schedule, timeline.until_at if until is None else until, given)


def _arrivals(raw: bytes) -> tuple[list[Arrival], list[RefusedRecord]]:
    """Every event of a file that keeps the contract, in the order of the file, and why the others do not."""
    arrivals: list[Arrival] = []
    refused: list[RefusedRecord] = []
    for document in documents(raw):
        if document.fault:
            refused.append(RefusedRecord(reason=Reason.MALFORMED, detail=document.fault, line=document.line))
            continue
        try:
            arrivals.append(arrival_of(document.raw, arrivals[-1].delivered_at if arrivals else None))
        except Refused as refusal:
            refused.append(RefusedRecord(reason=refusal.reason, detail=refusal.detail, path=refusal.path, line=document.line))
    return arrivals, refused


def _of_workers(contact: str, family: Family | None) -> Explanations:
    name = quote(contact, safe="")
    path = f"/api/v1/contacts/{name}/explanation" if family is None else f"/api/v1/contacts/{family}/{name}/explanation"
    answers = ask(settings(), path, {})
    found: list[ContactExplanation] = []
    for answer in answers:
        if answer.status == 200:
            found += _many(answer.body) if family is None else [_told(answer.body)]
    if not found:
        raise SourceError(f"{contact}: neither a file nor a contact that a worker keeps: {_why(answers[-1].body)}")
    return Explanations(contacts=tuple(found))


class _Problem(msgspec.Struct):
    error: str = "no reason given"


def _why(body: bytes) -> str:
    try:
        return msgspec.json.decode(body, type=_Problem).error
    except msgspec.DecodeError:
        return body[:200].decode(errors="replace")
