"""Reasons, flags, numbers in the words of people who answer customers."""

from collections.abc import Mapping
from typing import Final

import msgspec

from schemas.events import Target
from schemas.vocabulary import Cause, Flag, Kind, Reason, TargetKind

KINDS: Final[Mapping[Kind, str]] = {
    Kind.ROUTED: "routed",
    Kind.CLARIFY: "asked back: the customer gets a question",
    Kind.ESCALATED: "handed to a person",
    Kind.REFUSED: "refused: nothing is done",
    Kind.REPLIED: "replied to with a text",
    Kind.IGNORED: "ignored: it needs nothing",
    Kind.REJECTED: "not readable or not deliverable, kept whole as a dead letter",
}
REASONS: Final[Mapping[Reason, str]] = {
    Reason.ABOVE_THRESHOLD: "it is sure enough what the customer wants",
    Reason.PARENT_ROUTE: "it is sure what it is about, not which kind of it, so the broader intent serves it",
    Reason.DECLARED: "the caller said what it is",
    Reason.RULE: "a rule of the catalog says what it is",
    Reason.BELOW_THRESHOLD: "nobody is sure enough what the customer wants, and nothing is guessed",
    Reason.BELOW_MARGIN: "two intents are too near to each other to tell which is meant",
    Reason.SINK_INTENT: "it is about something that this tenant has no intent for",
    Reason.EMPTY_MESSAGE: "the message says nothing",
    Reason.NOISE: "a machine wrote it, as an automatic reply is: nobody waits for an answer",
    Reason.DUPLICATE: "it was answered before",
    Reason.SCORE_SIZE_MISMATCH: "the model gave another number of results than it was asked about",
    Reason.SCORE_FAILED: "the model failed on this message",
    Reason.RISK_EXCEEDS_SAFETY_MODE: "what is wanted is riskier than what may be done here",
    Reason.INTENT_DEPRECATED: "the intent is no longer served",
    Reason.ALWAYS_HUMAN: "this intent always goes to a person, however sure the machine is",
    Reason.QUOTA_EXCEEDED: "the tenant sent more than its share",
    Reason.DEADLINE: "it was too late: after its deadline an answer is of no use",
    Reason.MODEL_UNAVAILABLE: "the model could not be asked",
    Reason.RULE_ERROR: "a condition of the catalog could not be evaluated",
    Reason.UNKNOWN_TENANT: "there is no catalog for this tenant",
    Reason.LANGUAGE_UNSUPPORTED: "it is in a language that is not served",
}
FLAGS: Final[Mapping[Flag, str]] = {
    Flag.CONTEXT_MISSING: "what is known of the customer could not be read in time",
    Flag.TRUNCATED: "only the beginning of the text was looked at",
    Flag.DECLARED_MISMATCH: "the caller named an intent that was not taken",
    Flag.STEPPED_DOWN: "the cheaper model answered, to be in time",
    Flag.REDRIVEN: "it was sent again from the dead letters",
}
CAUSES: Final[Mapping[Cause, str]] = {
    Cause.BAD_JSON: "it is not JSON",
    Cause.WRONG_TYPE: "a field holds something of another type",
    Cause.MISSING_TEXT: "it has no text",
    Cause.NOT_UTF8: "it is not UTF-8",
    Cause.TOO_LARGE: "it is larger than a record may be",
    Cause.TOMBSTONE: "it has no value",
    Cause.UNKNOWN_SCHEMA: "it is of a version that is not known here",
    Cause.BAD_CLOUDEVENT: "what is around it is not a CloudEvent",
    Cause.STEP_FAILED: "a step failed on it each time",
    Cause.UNDELIVERABLE: "its answer could not be delivered",
    Cause.PROCESS_ENDED: "the worker ended each time it was begun",
}
_TARGETS: Final[Mapping[TargetKind, str]] = {
    TargetKind.WORKFLOW: "the workflow",
    TargetKind.AGENT_POOL: "the agents of",
    TargetKind.POLICY_AGENT: "the policy agent",
}


def number(value: float) -> str:
    """A share to its last digit that counts, without zeros behind it."""
    return f"{value:.6f}".rstrip("0").rstrip(".") or "0"


def needs(limit: float | None) -> str:
    """What a number was held against, where that is known and is anything at all."""
    return "" if not limit else f" (needs {number(limit)})"


def place(target: Target) -> str:
    """Who serves a message."""
    return f"{_TARGETS[target.kind]} {target.name}"


def facts(kind: str, known: Mapping[str, object]) -> list[str]:
    """Facts by their names, each as the JSON that it is."""
    return [f"{kind}.{name} = {msgspec.json.encode(value).decode()}" for name, value in known.items()]
