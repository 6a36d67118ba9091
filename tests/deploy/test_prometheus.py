"""Rules, their tests and every metric of the catalogue, judged by the real promtool."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from monitor.metrics.catalogue import CATALOGUE, SAMPLES
from monitor.metrics.exposition import render
from monitor.metrics.families import LabelCap
from tests.metrics.test_families import one_of_each

FOLDER = Path(__file__).parents[2] / "deploy" / "prometheus"


def promtool(*arguments: str, page: bytes | None = None) -> str:
    done = subprocess.run([str(FOLDER / "promtool"), *arguments], cwd=FOLDER, input=page, capture_output=True, check=False)
    output = (done.stdout + done.stderr).decode()
    assert done.returncode == 0, output
    return output


def test_promtool_accepts_every_metric_of_the_catalogue() -> None:
    assert promtool("check", "metrics", page=render(one_of_each(), LabelCap(9))[0]) == ""


def test_the_rules_are_valid_and_do_what_their_tests_say() -> None:
    promtool("check", "rules", "rules.yml")
    assert promtool("test", "rules", "rules.test.yml", "silence.test.yml").count("SUCCESS") == 2


def test_the_prometheus_configuration_of_the_compose_file_is_valid() -> None:
    promtool("check", "config", "--syntax-only", "prometheus.yml")


def rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load((FOLDER / "rules.yml").read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


@pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.get("alert") or rule["record"]) for rule in rules()])
def test_a_rule_reads_metrics_that_exist_with_labels_that_they_have(rule: dict[str, Any]) -> None:
    expression = re.sub(r'"[^"]*"', '""', rule["expr"])
    for name in re.findall(r"\bsla_[a-z0-9_]+", expression):
        assert name in SAMPLES, name
    for name, matchers in re.findall(r"\b(sla_[a-z0-9_]+)\{([^}]*)\}", expression):
        metric, suffix = SAMPLES[name]
        allowed = {*CATALOGUE[metric].labels, *(["le"] if suffix == "_bucket" else [])}
        assert set(re.findall(r"([a-z_]+)\s*=", matchers)) <= allowed, name


def test_every_alert_has_a_test() -> None:
    tested = {name for file in FOLDER.glob("*.test.yml") for name in re.findall(r"alertname: (\w+)", file.read_text())}
    assert {rule["alert"] for rule in rules() if "alert" in rule} <= tested
