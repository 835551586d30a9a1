"""The closed sets of words that messages, answers, audit records share."""

from enum import StrEnum

# Where a tenant keeps the probability of all that it has no intent for; no intent may be called so.
ELSEWHERE = "elsewhere"


class Stage(StrEnum):
    """Which part of the scorer a message's opinions come from."""

    FIRST = "first_stage"
    NETWORK = "network"
    # The first stage was not sure, but there was no time for the network.
    STEPPED_DOWN = "stepped_down"


class Channel(StrEnum):
    """Where the customer wrote; a voice message is its transcript."""

    CHAT = "chat"
    EMAIL = "email"
    VOICE = "voice"
    TICKET = "ticket"
    API = "api"


class RiskClass(StrEnum):
    """What an intent may do to the world, from harmless to irreversible: a ladder, lowest first."""

    READ_ONLY = "read_only"
    LOCAL_WRITE = "local_write"
    NETWORK = "network"
    DELEGATED = "delegated"
    DESTRUCTIVE = "destructive"

    @property
    def rung(self) -> int:
        """The height on the ladder, from 0."""
        return _LADDER.index(self)


_LADDER = tuple(RiskClass)


class Kind(StrEnum):
    """How a record can leave: exactly one of these."""

    ROUTED = "routed"
    CLARIFY = "clarify"
    ESCALATED = "escalated"
    REFUSED = "refused"
    REPLIED = "replied"
    IGNORED = "ignored"
    REJECTED = "rejected"


class Passage(StrEnum):
    """Where a record can be sent on to, to be answered when it is read there."""

    DEFERRED = "deferred"


class Wait(StrEnum):
    """Why a record is not answered now."""

    QUOTA_EXCEEDED = "quota_exceeded"
    CONVERSATION_WAITS = "conversation_waits"


class Reason(StrEnum):
    """Why a message was answered the way it was."""

    ABOVE_THRESHOLD = "above_threshold"
    PARENT_ROUTE = "parent_route"
    DECLARED = "declared"
    RULE = "rule"
    BELOW_THRESHOLD = "below_threshold"
    BELOW_MARGIN = "below_margin"
    SINK_INTENT = "sink_intent"
    EMPTY_MESSAGE = "empty_message"
    NOISE = "noise"
    DUPLICATE = "duplicate"
    SCORE_SIZE_MISMATCH = "score_size_mismatch"
    SCORE_FAILED = "score_failed"
    RISK_EXCEEDS_SAFETY_MODE = "risk_exceeds_safety_mode"
    INTENT_DEPRECATED = "intent_deprecated"
    ALWAYS_HUMAN = "always_human"
    QUOTA_EXCEEDED = "quota_exceeded"
    DEADLINE = "deadline"
    MODEL_UNAVAILABLE = "model_unavailable"
    RULE_ERROR = "rule_error"
    UNKNOWN_TENANT = "unknown_tenant"
    LANGUAGE_UNSUPPORTED = "language_unsupported"


# What keeps an opinion from being sure.
DOUBTS = (Reason.BELOW_THRESHOLD, Reason.BELOW_MARGIN)


class Cause(StrEnum):
    """Why a record could not be answered, so that it was kept whole as a dead letter."""

    BAD_JSON = "bad_json"
    WRONG_TYPE = "wrong_type"
    MISSING_TEXT = "missing_text"
    NOT_UTF8 = "not_utf8"
    TOO_LARGE = "too_large"
    TOMBSTONE = "tombstone"
    UNKNOWN_SCHEMA = "unknown_schema"
    BAD_CLOUDEVENT = "bad_cloudevent"
    STEP_FAILED = "step_failed"
    UNDELIVERABLE = "undeliverable"
    PROCESS_ENDED = "process_ended"


class Decider(StrEnum):
    """Whose opinion settled the message."""

    NOISE = "noise"
    DECLARED = "declared"
    RULE = "rule"
    CLASSIFIER = "classifier"
    HIERARCHY = "hierarchy"
    EXAMPLES = "examples"
    POLICY = "policy"
    PERSON = "person"


class Flag(StrEnum):
    """What else was true when the message was decided."""

    CONTEXT_MISSING = "context_missing"
    TRUNCATED = "truncated"
    DECLARED_MISMATCH = "declared_mismatch"
    STEPPED_DOWN = "stepped_down"
    REDRIVEN = "redriven"


class Mode(StrEnum):
    """Whether the worker acts on what it decides, or is only watched."""

    OBSERVE = "observe"
    DECIDE = "decide"


class TargetKind(StrEnum):
    """What serves an intent."""

    WORKFLOW = "workflow"
    AGENT_POOL = "agent_pool"
    POLICY_AGENT = "policy_agent"
