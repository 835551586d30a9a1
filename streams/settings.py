"""The one reader of the environment."""

import os
import socket
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import msgspec

PREFIX = "INTENTS_"
KAFKA_PREFIX = "INTENTS_KAFKA__"
CONFIG = "INTENTS_CONFIG"
SECRET = "***"
SECRET_WORDS = ("password", "secret", "token", "key.pem", "ssl.key", "oauthbearer.config", "client.id.secret")


class SettingsError(Exception):
    """A setting that can't be used; says which and what to do."""


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything a worker can be told, each field the environment variable INTENTS_<FIELD>."""

    brokers: str = "localhost:9092"
    redis_url: str = "redis://localhost:6379/0"
    bundle: str = ""
    bundle_sha256: str = ""
    catalog: str = ""
    group: str = "intents"
    instance: str = ""
    delivery: Literal["exactly_once", "at_least_once"] = "exactly_once"
    topic_prefix: str = ""
    partitions: int = 12
    replicas: int = 1
    http_host: str = "127.0.0.1"
    http_port: int = 6066
    provider: Literal["cpu", "openvino", "cuda"] = "cpu"
    mode: Literal["decide", "observe"] = "decide"
    scorer: Literal["onnx", "constant"] = "onnx"
    score_cache: int = 4096
    first_stage: Literal["on", "off"] = "on"
    batch_count: int = 1024
    batch_bytes: int = 8 * 1024 * 1024
    batch_ms: int = 200
    record_bytes: int = 256 * 1024
    message_bytes: int = 2 * 1024 * 1024
    context_deadline_ms: int = 20
    score_deadline_ms: int = 2000
    step_down_ms: int = 0
    guard_share: float = 0.5
    guard_window: int = 1000
    on_model_down: Literal["wait", "escalate"] = "wait"
    model_down_per_minute: int = 600
    commit_deadline_ms: int = 10_000
    session_timeout_ms: int = 10_000
    transaction_timeout_ms: int = 10_000
    stop_deadline_ms: int = 9_000
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    kafka: dict[str, str] = {}

    def __post_init__(self) -> None:
        """Refuse what no worker could run with."""
        if not 0 < self.guard_share <= 1:
            raise ValueError("guard_share must be above 0 and at most 1")
        for name in ("batch_count", "batch_bytes", "batch_ms", "guard_window", "partitions", "record_bytes"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1")
        for name in ("score_deadline_ms", "step_down_ms"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} must be 0, for never, or more")
        if self.score_cache < 0:
            raise ValueError("score_cache must be 0, for none, or more")

    def shown(self) -> dict[str, str]:
        """Every setting as text, with the secrets covered."""
        plain = {name: str(getattr(self, name)) for name in self.__struct_fields__ if name != "kafka"}
        plain["redis_url"] = covered_url(self.redis_url)
        options = {f"kafka {name}": covered(name, value) for name, value in sorted(self.kafka.items())}
        return plain | options

    def __repr__(self) -> str:
        """The settings with the secrets covered, as they may land in a log."""
        return f"Settings({self.shown()})"


def read(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of this process: the environment first, then the file that INTENTS_CONFIG names."""
    variables = os.environ if environment is None else environment
    given = _from_file(variables.get(CONFIG, "")) | _from_variables(variables)
    try:
        settings = msgspec.convert(given, Settings, strict=False)
    except msgspec.ValidationError as error:
        raise SettingsError(_named(str(error))) from None
    if settings.instance:
        return settings
    return msgspec.structs.replace(settings, instance=f"{socket.gethostname()}-{settings.http_port}")


def unknown(environment: Mapping[str, str] | None = None) -> list[str]:
    """Variables with our prefix that nothing reads, such as slips of the pen."""
    variables = os.environ if environment is None else environment
    known = {PREFIX + name.upper() for name in Settings.__struct_fields__ if name != "kafka"} | {CONFIG}
    return sorted(
        name
        for name in variables
        if name.startswith(PREFIX) and not name.startswith(KAFKA_PREFIX) and name not in known
    )


def environment_with(ours: Mapping[str, str]) -> dict[str, str]:
    """The environment for a process of its own: this one's, but of our variables these alone."""
    rest = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    return {**rest, **ours}


def covered(name: str, value: str) -> str:
    """The value of a librdkafka option, or stars where it is a secret."""
    return SECRET if any(word in name for word in SECRET_WORDS) else value


def covered_url(url: str) -> str:
    """A Redis URL without what may be its password, before the host or in the query."""
    head, at, tail = url.rpartition("@")
    scheme, slashes, _ = head.partition("://")
    place, question, _ = tail.partition("?")
    shown = f"{place}?{SECRET}" if question else place
    return f"{scheme}{slashes}{SECRET}@{shown}" if at else shown


def _from_variables(variables: Mapping[str, str]) -> dict[str, object]:
    """The fields that the environment sets."""
    fields: dict[str, object] = {
        name: variables[PREFIX + name.upper()]
        for name in Settings.__struct_fields__
        if name != "kafka" and variables.get(PREFIX + name.upper())
    }
    options = {
        name.removeprefix(KAFKA_PREFIX).lower().replace("_", "."): value
        for name, value in variables.items()
        if name.startswith(KAFKA_PREFIX)
    }
    return fields | ({"kafka": options} if options else {})


def _from_file(path: str) -> dict[str, object]:
    """The fields that a TOML file sets, under the same names in any case, with or without the prefix."""
    if not path:
        return {}
    try:
        table = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{CONFIG}={path} can't be read: {error}") from None
    return {name.removeprefix(PREFIX).lower(): value for name, value in table.items()}


def _named(message: str) -> str:
    """A conversion error that names the variable instead of the field."""
    text, _, path = message.partition(" - at `$.")
    return f"{PREFIX}{path.rstrip('`').upper()}: {text}" if path else f"settings: {text}"
