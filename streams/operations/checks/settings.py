"""The look at the settings: what nothing reads, what librdkafka refuses, what does not fit together."""

import difflib
from collections.abc import Sequence

from confluent_kafka import Consumer, KafkaException, Producer

from streams import librdkafka
from streams.operations.admin import QUIET
from streams.operations.findings import Finding, judged
from streams.settings import SECRET, Settings, SettingsError, covered

PART = "settings"
CLOSE = 0.8


def look(settings: Settings, unread: Sequence[str]) -> list[Finding]:
    """The settings held against each other and against librdkafka; the variables that nothing reads."""
    names = ["INTENTS_" + name.upper() for name in settings.__struct_fields__]
    faults = [_unread(name, names) for name in unread]
    faults += [fault for fault in (_refused(settings), _sizes(settings)) if fault]
    return judged(PART, faults, _summary(settings))


def _unread(name: str, names: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, names, 1, CLOSE)
    return f"{name} is no setting; {f'did you mean {near[0]}?' if near else 'remove it'}"


def _refused(settings: Settings) -> str:
    """Whether the clients of a worker can be made; none of them speaks to the broker yet."""
    try:
        librdkafka.refuse_ours(settings)
        Consumer({**librdkafka.consumer(settings), **QUIET}).close()
        Producer({**librdkafka.producer(settings), **QUIET})
    except SettingsError as error:
        return str(error)
    except KafkaException as error:
        return f"librdkafka refuses an INTENTS_KAFKA__ option: {_covered(settings, error.args[0].str())}"
    return ""


def _covered(settings: Settings, text: str) -> str:
    """librdkafka may quote the value that it can't use."""
    for name, value in settings.kafka.items():
        if value and covered(name, value) == SECRET:
            text = text.replace(value, SECRET)
    return text


def _sizes(settings: Settings) -> str:
    if 2 * settings.record_bytes <= settings.message_bytes:
        return ""
    return (
        f"INTENTS_RECORD_BYTES is {settings.record_bytes}, INTENTS_MESSAGE_BYTES {settings.message_bytes}: "
        "a dead letter might not fit; make the second at least twice the first"
    )


def _summary(settings: Settings) -> str:
    """Everything that is not as it is by default, with the secrets covered."""
    default, shown = Settings().shown(), settings.shown()
    return ", ".join(f"{name}={value}" for name, value in shown.items() if default.get(name) != value)
