"""The environment as Settings: each variable is decoded on its own, so that an error names it, what was expected and what it got."""

import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final, Literal, get_args, get_origin, get_type_hints

import msgspec

from monitor.errors import SettingsError
from monitor.settings.model import SECRETS, Settings

PREFIX: Final = "SLA_"
_TYPES: Final[dict[str, object]] = get_type_hints(Settings, include_extras=True)
VARIABLES: Final = {PREFIX + name.upper(): name for name in Settings.__struct_fields__}


def load(environment: Mapping[str, str]) -> Settings:
    """Decode every ``SLA_…`` variable; raises SettingsError for a wrong value, an unknown name or settings that contradict each other."""
    values: dict[str, object] = {}
    for variable in sorted(environment):
        if not variable.startswith(PREFIX):
            continue
        text = environment[variable]
        name = VARIABLES.get(variable)
        if name is None:
            name, text = _secret(variable, text)
            variable = variable.removesuffix("_FILE")
            if environment.get(variable):
                raise SettingsError(f"{variable} and {variable}_FILE are both set; keep one of them")
        if text == "":
            continue  # set but empty is unset, as compose files and shells produce it
        values[name] = _decode(variable, name, text)
    settings = Settings(**values)  # type: ignore[arg-type]  # each value was decoded to the type of its field
    _check_together(settings)
    return settings


def _decode(variable: str, name: str, text: str) -> object:
    try:
        return msgspec.convert(text, _TYPES[name], strict=False)
    except msgspec.ValidationError as error:
        allowed = choices(name)
        expected = f"one of {', '.join(allowed)}" if allowed else str(error).removesuffix(", got `str`").removeprefix("Expected ")
        got = "a value that is not shown" if name in SECRETS else repr(text)
        raise SettingsError(f"{variable}: expected {expected}, got {got} ({description(name)})") from None


def _secret(variable: str, path: str) -> tuple[str, str]:
    name = VARIABLES.get(variable.removesuffix("_FILE")) if variable.endswith("_FILE") else None
    if name is None or name not in SECRETS:
        near = difflib.get_close_matches(variable, VARIABLES, n=1)
        hint = f"; did you mean {near[0]}?" if near else "; `sla-monitor settings` lists all"
        raise SettingsError(f"{variable} is not a setting{hint}")
    if not path:
        return name, ""
    try:
        return name, Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{variable}: expected a readable file with the secret, got {path!r} ({error})") from None


def _check_together(settings: Settings) -> None:
    protocol = settings.kafka_security_protocol
    if protocol.startswith("SASL") and not (settings.kafka_sasl_username and settings.kafka_sasl_password):
        raise SettingsError(f"SLA_KAFKA_SECURITY_PROTOCOL={protocol} needs SLA_KAFKA_SASL_USERNAME and SLA_KAFKA_SASL_PASSWORD (or …_PASSWORD_FILE)")
    if bool(settings.kafka_ssl_certificate) != bool(settings.kafka_ssl_key):
        raise SettingsError("SLA_KAFKA_SSL_CERTIFICATE and SLA_KAFKA_SSL_KEY belong together; one of them is not set")
    if settings.heartbeat_seconds * 3 > settings.session_timeout_seconds:
        raise SettingsError(
            "SLA_HEARTBEAT_SECONDS must be at most a third of SLA_SESSION_TIMEOUT_SECONDS, "
            f"got {settings.heartbeat_seconds:g} and {settings.session_timeout_seconds:g}"
        )
    if settings.drain_seconds >= settings.rebalance_timeout_seconds:
        raise SettingsError(
            "SLA_DRAIN_SECONDS must be below SLA_REBALANCE_TIMEOUT_SECONDS, "
            f"got {settings.drain_seconds:g} and {settings.rebalance_timeout_seconds:g}"
        )
    for server in settings.bootstrap.split(","):
        host, colon, port = server.strip().rpartition(":")
        if not (host and colon and port.isdigit() and 0 < int(port) < 65_536):
            raise SettingsError(f"SLA_KAFKA: expected host:port[,host:port], got {settings.bootstrap!r}")


def description(name: str) -> str:
    """What the setting is for, from its type."""
    meta = getattr(_TYPES[name], "__metadata__", ())
    return next((m.description for m in meta if isinstance(m, msgspec.Meta) and m.description), "")


def choices(name: str) -> tuple[str, ...]:
    """The values that the setting allows, where they are a closed list."""
    kind = _TYPES[name]
    while get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    return get_args(kind) if get_origin(kind) is Literal else ()


def default(name: str) -> str:
    """The default as text; empty where the setting has none."""
    value = getattr(Settings(), name)
    return "" if value is None else str(value).lower() if isinstance(value, bool) else f"{value:g}" if isinstance(value, float) else str(value)
