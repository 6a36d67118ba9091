"""The table of commands: where each lives and what it does in one line."""

from typing import Final

import msgspec


class Entry(msgspec.Struct, frozen=True):
    """One command; its module holds a click command named ``command``."""

    module: str
    heading: str
    help: str


def _entry(name: str, heading: str, text: str) -> Entry:
    return Entry(f"monitor.console.{name}", heading, text)


COMMANDS: Final[dict[str, Entry]] = {
    "demo": _entry("demo", "Look at it", "broker, worker, a day of traffic at speed, a live table; ends by itself"),
    "worker": _entry("worker", "Run it", "the service: one process, as many of them as there are partitions"),
    "topics": _entry("topics", "Run it", "create the topics and verify what exists"),
    "broker": _entry("broker", "Run it", "the development broker: real Apache Kafka by Java, no container"),
    "policy": _entry("policy", "Run it", "publish, list and show the policy versions that workers follow"),
    "alerts": _entry("alerts", "Run it", "the alerts on Kafka, as a table or as JSON lines"),
    "exempt": _entry("exempt", "Correct it", "count breaches as exempt: an incident, a region, a queue, a time"),
    "lift": _entry("lift", "Correct it", "undo an exemption"),
    "repair": _entry("repair", "Correct it", "correct the verdict of a contact, by hand or under another policy version"),
    "publish": _entry("publish", "Feed it", "send a recorded log, a file of events or the traffic model to Kafka"),
    "simulate": _entry("simulate", "Feed it", "write events of the traffic model to a file"),
    "replay": _entry("replay", "Judge offline", "the same processors over a recorded log, without a broker"),
    "explain": _entry("explain", "Ask it", "why a contact was judged as it was: timeline, rules, deadline by hand"),
    "due": _entry("due", "Ask it", "what breaches next"),
    "report": _entry("report", "Ask it", "roll-ups by day, month or quarter: everything, and by queue, channel, region or facet"),
    "check": _entry("check", "Judge offline", "what is wrong or doubtful in a policy"),
    "deadline": _entry("deadline", "Judge offline", "when is it due? from a policy, or thousands of JSON lines a second"),
    "calendar": _entry("calendar", "Judge offline", "public holidays and make-up workdays for a policy's calendar"),
    "check-event": _entry("check_event", "Judge offline", "what is wrong with an event: path, expected, got"),
    "schemas": _entry("schemas", "Describe it", "write the published schemas and references"),
    "settings": _entry("settings", "Describe it", "all settings, their present values and what they are for"),
    "metrics": _entry("metrics", "Describe it", "all metrics with type, labels and meaning"),
}

EPILOGUE: Final = """\b
Start here:
  sla-monitor demo                                  see it work
  sla-monitor topics && sla-monitor worker          run it on SLA_KAFKA (127.0.0.1:9092 unless told)
  sla-monitor publish traffic                       calls, chats and work orders that happen now
  sla-monitor alerts --follow                       what was promised and not kept

\b
Settings are environment variables SLA_… (sla-monitor settings). NO_COLOR is honoured.
Exit codes: 0 all is well, 1 problems were found, 2 the command or a setting is wrong."""
