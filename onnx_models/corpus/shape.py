"""How many messages there are, how long, how they begin."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Protocol

from onnx_models.corpus.findings import Finding
from onnx_models.corpus.messages import Message
from onnx_models.corpus.profile import Profile
from onnx_models.corpus.reading import DataError, Example
from onnx_models.corpus.similar import same_starts

# Words and marks: close to what a tokenizer makes of a text, without needing one.
TOKEN = re.compile(r"\w+|[^\w\s]")
LONG = 60


class Labelled(Protocol):
    """Whatever carries an intent: a message with its place, a training example without."""

    @property
    def intent(self) -> str:
        """What it means."""


def too_small(train: Iterable[Labelled], profile: Profile) -> dict[str, int]:
    """The intents with fewer training messages than they need, and how many they have."""
    counts = Counter(message.intent for message in train)
    return {intent: count for intent, count in sorted(counts.items()) if count < profile.smallest_intent}


def refuse_small(train: Sequence[Example], profile: Profile) -> None:
    """Stop a training whose intents have too few messages, all of them named."""
    found = [f"{intent} has {count}" for intent, count in too_small(train, profile).items()]
    if found:
        raise DataError(
            f"{', '.join(found)} training messages, {profile.smallest_intent} are needed; "
            "write more, or allow it with --allow-small"
        )


def small(train: Sequence[Message], profile: Profile, allowed: bool) -> list[Finding]:
    """The intents with too few training messages, at the first of each."""
    first = {message.intent: message.place for message in reversed(train)}
    return [
        Finding(
            "warning" if allowed else "error",
            "small_intent",
            first[intent],
            f"{intent} has {count} training messages, {profile.smallest_intent} are needed",
            f"write {profile.smallest_intent - count} more, or allow it with --allow-small",
        )
        for intent, count in too_small(train, profile).items()
    ]


def starts(messages: Sequence[Message], profile: Profile) -> tuple[list[Finding], float]:
    """The first words that too many share, with the share of messages that they begin."""
    shared = same_starts(messages)
    share = sum(map(len, shared.values())) / max(1, len(messages))
    if profile.same_start is None or share <= profile.same_start:
        return [], share
    return [
        Finding(
            profile.doubtful,
            "same_start",
            found[-1].place,
            f"{start!r} begins {len(found)} messages, the first at {found[0].place};"
            f" {share:.1%} begin like another, {profile.same_start:.0%} may",
            "begin one of them in other words",
        )
        for start, found in sorted(shared.items())
    ], share


def long_ones(messages: Sequence[Message], profile: Profile) -> tuple[list[Finding], float]:
    """Whether enough messages are long, with the share that is."""
    share = sum(len(TOKEN.findall(message.text)) > LONG for message in messages) / max(1, len(messages))
    if profile.long is None or share >= profile.long:
        return [], share
    says = f"{share:.1%} of the messages are over {LONG} tokens, {profile.long:.0%} are wanted"
    place = messages[0].place.rpartition(":")[0] + ":1"
    return [
        Finding(profile.doubtful, "too_few_long", place, says, "write mails with greeting and signature")
    ], share
