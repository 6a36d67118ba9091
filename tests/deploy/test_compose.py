"""docker-compose.yml: by `docker compose config` where that works, else against the published compose-spec schema; the output says which."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

ROOT = Path(__file__).parents[2]
COMPOSE = ROOT / "docker-compose.yml"
SCHEMA = Path(__file__).with_name("compose-spec.json")  # compose-spec/compose-spec, schema/compose-spec.json, Apache-2.0


def has_compose_plugin() -> bool:
    docker = shutil.which("docker")
    return docker is not None and subprocess.run([docker, "compose", "version"], capture_output=True, check=False).returncode == 0


def check_by_docker(document: str, folder: Path) -> str | None:
    file = folder / "docker-compose.yml"
    file.write_text(document)
    command = ["docker", "compose", "--project-directory", str(ROOT), "-f", str(file), "--profile", "demo", "config", "--quiet"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stderr if done.returncode else None


def check_by_schema(document: str, _folder: Path) -> str | None:
    errors = jsonschema_rs.validator_for(json.loads(SCHEMA.read_text())).iter_errors(yaml.safe_load(document))
    return "; ".join(error.message for error in errors) or None


@pytest.fixture(scope="module")
def check() -> Callable[[str, Path], str | None]:
    return check_by_docker if has_compose_plugin() else check_by_schema


@pytest.fixture(scope="module")
def services() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = yaml.safe_load(COMPOSE.read_text())["services"]
    return found


def test_the_compose_file_is_valid(check: Callable[[str, Path], str | None], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print(f"\n  compose file checked by {check.__name__.removeprefix('check_by_')}: ", end="")
    assert check(COMPOSE.read_text(), tmp_path) is None


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        pytest.param("healthcheck: {disable: true}", "healthcheck: {disabled: true}", id="a misspelt key is refused"),
        pytest.param("condition: service_healthy", "condition: service_well", id="an unknown condition is refused"),
    ],
)
def test_the_judge_refuses_a_broken_file(check: Callable[[str, Path], str | None], tmp_path: Path, good: str, bad: str) -> None:
    document = COMPOSE.read_text()
    assert good in document
    assert check(document.replace(good, bad), tmp_path) is not None


def test_images_are_pinned_and_of_the_versions_the_project_names(services: dict[str, dict[str, Any]]) -> None:
    images = {name: service["image"] for name, service in services.items()}
    for image in images.values():
        _, colon, tag = image.rpartition(":")
        assert colon
        assert tag[-1].isdigit()
        assert tag != "latest"
    assert images["broker"] == "apache/kafka:3.9.1"


def test_our_containers_are_read_only_without_root_and_without_capabilities(services: dict[str, dict[str, Any]]) -> None:
    for name, service in services.items():
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        if name != "broker":
            assert service["read_only"] is True, name
            assert service["user"] not in ("0", "root"), name


def test_ports_are_published_on_localhost_only(services: dict[str, dict[str, Any]]) -> None:
    for name, service in services.items():
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", [])), name


def test_everything_waits_for_what_it_needs_by_health(services: dict[str, dict[str, Any]]) -> None:
    conditions = {name: {other: how["condition"] for other, how in service.get("depends_on", {}).items()} for name, service in services.items()}
    assert conditions["topics"] == {"broker": "service_healthy"}
    assert conditions["worker"] == {"broker": "service_healthy", "topics": "service_completed_successfully"}
    assert conditions["traffic"] == {"worker": "service_healthy"}
    for name in ("broker", "worker", "prometheus"):
        assert "test" in services[name]["healthcheck"], name


def test_the_image_is_built_with_the_shipped_policies() -> None:
    policies = (ROOT / "monitor" / "console" / "policies").resolve().relative_to(ROOT.resolve())
    copied = re.findall(r"^COPY (\S+) (\S+)$", (ROOT / "deploy" / "Dockerfile").read_text(), re.MULTILINE)
    assert (str(policies), str(policies)) in copied
    assert f"!{policies}" in (ROOT / "deploy" / "Dockerfile.dockerignore").read_text().splitlines()


def test_mounted_files_exist(services: dict[str, dict[str, Any]]) -> None:
    sources = [volume.split(":")[0] for service in services.values() for volume in service.get("volumes", ())]
    files = [source for source in sources if source.startswith("./")]
    assert files
    assert all((ROOT / source).is_file() for source in files)
