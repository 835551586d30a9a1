"""The settings: where they come from, what is refused, what is never shown."""

from pathlib import Path

import pytest

from streams import librdkafka
from streams.settings import Settings, SettingsError, covered_url, environment_with, read, unknown

HIDDEN = {
    "INTENTS_REDIS_URL": "rediss://user:hunter2@redis.example:6380/1",
    "INTENTS_KAFKA__SASL_PASSWORD": "hunter2",
    "INTENTS_KAFKA__SSL_KEY_PASSWORD": "hunter2",
    "INTENTS_KAFKA__SSL_KEYSTORE_PASSWORD": "hunter2",
    "INTENTS_KAFKA__SSL_KEY_PEM": "hunter2",
    "INTENTS_KAFKA__SASL_OAUTHBEARER_CLIENT_SECRET": "hunter2",
    "INTENTS_KAFKA__SASL_OAUTHBEARER_CONFIG": "principal=worker secret=hunter2",
}


def test_a_setting_comes_from_its_variable() -> None:
    settings = read({"INTENTS_BROKERS": "k:9092", "INTENTS_PARTITIONS": "24", "INTENTS_MODE": "observe"})
    assert (settings.brokers, settings.partitions, settings.mode) == ("k:9092", 24, "observe")


def test_an_empty_variable_is_as_good_as_none() -> None:
    assert read({"INTENTS_BROKERS": ""}).brokers == Settings().brokers


def test_the_environment_counts_more_than_the_file(tmp_path: Path) -> None:
    file = tmp_path / "intents.toml"
    file.write_text('brokers = "file:9092"\nINTENTS_GROUP = "of-the-file"\n')
    settings = read({"INTENTS_CONFIG": str(file), "INTENTS_BROKERS": "k:9092"})
    assert (settings.brokers, settings.group) == ("k:9092", "of-the-file")


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("INTENTS_PARTITIONS", "many"),
        ("INTENTS_MODE", "guess"),
        ("INTENTS_GUARD_SHARE", "1.5"),
        ("INTENTS_BATCH_COUNT", "0"),
        ("INTENTS_CONFIG", "/nowhere/intents.toml"),
    ],
)
def test_a_value_that_can_not_be_used_is_refused_by_the_name_of_the_setting(
    variable: str, value: str
) -> None:
    with pytest.raises(SettingsError) as refused:
        read({variable: value})
    assert variable.removeprefix("INTENTS_").lower() in str(refused.value).lower()


def test_an_unknown_name_in_the_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "intents.toml"
    file.write_text('bork = "k:9092"\n')
    with pytest.raises(SettingsError, match="bork"):
        read({"INTENTS_CONFIG": str(file)})


def test_variables_that_nothing_reads_are_found() -> None:
    environment = {
        "INTENTS_BORKERS": "x",
        "INTENTS_BROKERS": "x",
        "INTENTS_KAFKA__FOO": "x",
        "INTENTS_CONFIG": "",
    }
    assert unknown({**environment, "HOME": "/"}) == ["INTENTS_BORKERS"]


def test_no_secret_is_shown() -> None:
    settings = read(HIDDEN)
    assert "hunter2" not in repr(settings) + str(settings) + str(settings.shown())
    assert settings.kafka["sasl.password"] == "hunter2"


def test_what_is_not_secret_is_shown() -> None:
    shown = read({"INTENTS_KAFKA__SASL_USERNAME": "worker", "INTENTS_REDIS_URL": "redis://r:6379/0"}).shown()
    assert (shown["kafka sasl.username"], shown["redis_url"]) == ("worker", "redis://r:6379/0")


def test_a_password_with_an_at_sign_is_covered_whole() -> None:
    assert covered_url("redis://user:p@ss@r:6379/0") == "redis://***@r:6379/0"


@pytest.mark.parametrize("option", sorted(librdkafka.OURS))
def test_an_option_that_would_break_the_promise_is_refused_by_name(option: str) -> None:
    variable = "INTENTS_KAFKA__" + option.upper().replace(".", "_")
    with pytest.raises(SettingsError, match=variable):
        librdkafka.refuse_ours(read({variable: "x"}))


def test_a_child_sees_of_our_variables_only_those_it_is_given() -> None:
    environment = environment_with({"INTENTS_BROKERS": "k:9092"})
    assert {name: value for name, value in environment.items() if name.startswith("INTENTS_")} == {
        "INTENTS_BROKERS": "k:9092"
    }
    assert "PATH" in environment
