"""The wheel: builds, carries its data, and works from another folder without the project beside it."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel's content in a folder of its own, built from a copy so that no build folder stays behind."""
    work = tmp_path_factory.mktemp("wheel")
    copy = work / "source"
    names = ["schemas", "monitor", "agents", "deploy", "pyproject.toml", "README.md", "LICENSE"]
    copy.mkdir()
    subprocess.run(["cp", "-r", *(str(ROOT / name) for name in names), str(copy)], check=True)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(work), str(copy)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (wheel,) = work.glob("sla_monitor-*.whl")
    target = work / "site"
    zipfile.ZipFile(wheel).extractall(target)
    return target


def run(installed: Path, *arguments: str) -> str:
    environment = {"PYTHONPATH": str(installed), "PATH": "/usr/bin:/bin"}
    done = subprocess.run([sys.executable, "-P", *arguments], cwd=installed.parent, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_module_imports_from_another_folder(installed: Path) -> None:
    names = sorted(
        ".".join(path.relative_to(installed).with_suffix("").parts).removesuffix(".__init__")
        for package in ("schemas", "monitor", "agents")
        for path in (installed / package).rglob("*.py")
        if path.name != "__main__.py"
    )
    script = f"import importlib\nfor name in {names!r}: importlib.import_module(name)\nimport monitor; print(monitor.__file__)"
    assert run(installed, "-c", script).startswith(str(installed))


def test_the_command_finds_the_shipped_policies_there(installed: Path) -> None:
    script = "from monitor.console.policies import open_policy, shipped_names; print({name: open_policy(name).title for name in shipped_names()})"
    shipped = run(installed, "-c", script)
    assert "'default': 'Telecom basics'" in shipped
    assert "'telecom': 'Telecom service standards'" in shipped


def test_every_file_of_the_shipped_policies_is_in_it_whole(installed: Path) -> None:
    ours, theirs = ROOT / "deploy" / "policies", installed / "monitor" / "console" / "policies"
    wanted = {file.relative_to(ours): file.read_bytes() for file in ours.rglob("*.yaml")}
    assert {file.parent.name for file in wanted} == {"", "telecom"}
    assert {file.relative_to(theirs): file.read_bytes() for file in theirs.rglob("*.yaml")} == wanted


def test_the_licence_and_the_command_are_in_it(installed: Path) -> None:
    (info,) = installed.glob("*.dist-info")
    assert (info / "licenses" / "LICENSE").read_text() == (ROOT / "LICENSE").read_text()
    assert "sla-monitor = monitor.console:main" in (info / "entry_points.txt").read_text()


def test_tests_are_not_in_it(installed: Path) -> None:
    assert not (installed / "tests").exists()
