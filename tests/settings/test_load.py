"""Settings from the environment: decoded, checked together, never silent about a mistake."""

from pathlib import Path

import pytest

from monitor.errors import SettingsError
from monitor.settings import Settings, load
from monitor.settings.load import VARIABLES, description
from monitor.settings.reference import settings_reference


def test_an_empty_environment_gives_the_defaults_bound_to_localhost() -> None:
    settings = load({"PATH": "/bin", "SLA_POLICY": ""})
    assert settings == Settings()
    assert (settings.bootstrap, settings.web_host) == ("127.0.0.1:9092", "127.0.0.1")


def test_text_becomes_numbers_and_switches() -> None:
    settings = load({"SLA_PARTITIONS": "8", "SLA_ACCEPT_GAP": "true", "SLA_TICK_SECONDS": "0.1", "SLA_APPLICATION": "44", "SLA_KAFKA": "a:1,b:2"})
    assert (settings.partitions, settings.accept_gap, settings.tick_seconds) == (8, True, 0.1)
    assert (settings.application, settings.bootstrap) == ("44", "a:1,b:2")


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        pytest.param({"SLA_PARTITIONS": "four"}, "SLA_PARTITIONS: expected `int`, got 'four'", id="a word where a number belongs"),
        pytest.param({"SLA_PARTITIONS": "0"}, "SLA_PARTITIONS: expected `int` >= 1, got '0'", id="a number out of range"),
        pytest.param({"SLA_CLOCK": "sun"}, "SLA_CLOCK: expected one of wall, external, got 'sun'", id="not one of a closed list"),
        pytest.param({"SLA_ACCEPT_GAP": "maybe"}, "SLA_ACCEPT_GAP: expected `bool`, got 'maybe'", id="neither true nor false"),
        pytest.param({"SLA_PARTITION": "8"}, "SLA_PARTITION is not a setting; did you mean SLA_PARTITIONS?", id="a misspelt name is not ignored"),
        pytest.param({"SLA_POLICY_FILE": "x"}, "SLA_POLICY_FILE is not a setting", id="only secrets come from files"),
        pytest.param({"SLA_KAFKA": "broker"}, "SLA_KAFKA: expected host:port", id="a server without a port"),
        pytest.param({"SLA_KAFKA": "a:1,b:x"}, "SLA_KAFKA: expected host:port", id="the second server has a bad port"),
        pytest.param({"SLA_KAFKA_SASL_PASSWORD_FILE": "/nowhere"}, "SLA_KAFKA_SASL_PASSWORD_FILE: expected a readable file", id="no such file"),
        pytest.param({"SLA_KAFKA_SECURITY_PROTOCOL": "SASL_SSL"}, "needs SLA_KAFKA_SASL_USERNAME", id="SASL without a user"),
        pytest.param({"SLA_KAFKA_SSL_KEY": "k.pem"}, "belong together", id="a key without its certificate"),
        pytest.param({"SLA_HEARTBEAT_SECONDS": "9"}, "at most a third", id="too few heartbeats in a session"),
    ],
)
def test_a_mistake_is_one_sentence_that_names_the_variable(environment: dict[str, str], message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load(environment)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_secret_comes_from_a_file_and_is_never_shown(tmp_path: Path) -> None:
    secret = tmp_path / "password"
    secret.write_text("s3cret\n")
    environment = {"SLA_KAFKA_SASL_PASSWORD_FILE": str(secret)}
    settings = load(environment)
    assert settings.kafka_sasl_password == "s3cret"
    assert "s3cret" not in repr(settings)
    with pytest.raises(SettingsError, match="both set"):
        load(environment | {"SLA_KAFKA_SASL_PASSWORD": "other"})


def test_every_setting_is_described_and_in_the_reference() -> None:
    reference = settings_reference()
    for variable, name in VARIABLES.items():
        assert description(name), name
        assert f"| `{variable}` |" in reference
