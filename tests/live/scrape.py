"""Reading a worker's /metrics with the Prometheus client's own parser."""

import urllib.error
import urllib.request

from prometheus_client.parser import text_string_to_metric_families

Series = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def fetch(port: int, path: str, seconds: float = 5.0) -> tuple[int, str]:
    """Status and body of a page of a worker on this machine; status 0 while nobody answers."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=seconds) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except OSError:
        return 0, ""


def scrape(port: int) -> Series:
    """Every sample of /metrics by name and sorted labels; empty while nobody answers."""
    status, body = fetch(port, "/metrics")
    if status != 200:
        return {}
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(body)
        for sample in family.samples
    }


def total(series: Series, name: str) -> float:
    """The sum over all series of one name."""
    return sum(value for (sample, _), value in series.items() if sample == name)
