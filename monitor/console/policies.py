"""Where a policy comes from: a file, a folder of overlays, or a shipped one by name; and the settings that go with it."""

import os
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Final

from monitor.errors import PolicyError
from monitor.policy import load_policy
from monitor.policy.model import Policy
from monitor.settings import Settings, load

SHIPPED: Final = files("monitor.console") / "policies"
DEFAULT: Final = "default"
SOURCE_POLICIES: Final = {"anonymous-bank": "anonymous-bank", "servicenow": "incident-desk"}


def settings() -> Settings:
    """The settings of this process; raises SettingsError."""
    return load(os.environ)


def shipped_names() -> list[str]:
    """The names of the policies that come with the program."""
    return sorted(entry.name.removesuffix(".yaml") for entry in SHIPPED.iterdir() if entry.name.endswith(".yaml") or entry.is_dir())


def read_files(policy: str) -> list[tuple[str, str]]:
    """Name and text of each file of a policy; raises PolicyError where there is none."""
    path = Path(policy)
    if path.is_dir():
        found = sorted(path.glob("*.yaml")) + sorted(path.glob("*.yml"))
        if not found:
            raise PolicyError(f"{policy}: the folder holds no .yaml file")
        return [(str(file), _read(file)) for file in found]
    if not path.exists() and policy in shipped_names():
        return _shipped(policy)
    return [(policy, _read(path))]


def _shipped(name: str) -> list[tuple[str, str]]:
    """The files of a shipped policy: one, or those of its folder."""
    folder = SHIPPED / name
    if not folder.is_dir():
        return [(f"{name}.yaml", (SHIPPED / f"{name}.yaml").read_text(encoding="utf-8"))]
    parts = sorted((part for part in folder.iterdir() if part.name.endswith(".yaml")), key=lambda part: part.name)
    return [(f"{name}/{part.name}", part.read_text(encoding="utf-8")) for part in parts]


def open_policy(policy: str | None, fallback: str = DEFAULT) -> Policy:
    """Load the policy that was asked for, else ``SLA_POLICY``, else the shipped ``fallback``; raises PolicyError with all reasons."""
    return load_policy(files_of(policy, fallback))


def files_of(policy: str | None, fallback: str = DEFAULT) -> list[tuple[str, str]]:
    """The files of the policy that was asked for, else ``SLA_POLICY``, else the shipped ``fallback``."""
    return read_files(policy or settings().policy or fallback)


def check_names(policies: Sequence[str]) -> list[str]:
    """The policies to check: those given, else the one that a worker would run."""
    return list(policies) or [settings().policy or DEFAULT]


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        hint = f"; shipped policies are {', '.join(shipped_names())}"
        raise PolicyError(f"{path}: cannot be read ({error.strerror}): give a YAML file or a folder of them{hint}") from None
    except UnicodeDecodeError:
        raise PolicyError(f"{path}: is not UTF-8 text") from None
