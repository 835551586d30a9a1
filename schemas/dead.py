"""The headers that tell why a record became a dead letter."""

from typing import Final

PREFIX: Final = "intent_"

KIND: Final = "intent_kind"
DETAIL: Final = "intent_detail"
TOPIC: Final = "intent_topic"
PARTITION: Final = "intent_partition"
OFFSET: Final = "intent_offset"
TIME: Final = "intent_time"

# Set on a record that was sent back from the dead letters.
REDRIVEN: Final = "intent_redriven"

# What each header says, in the order in which they follow the record's own.
CAUSE_HEADERS: Final = {
    KIND: "Why the record was rejected, one of the causes.",
    DETAIL: "What exactly was wrong; quotes nothing of the record.",
    TOPIC: "Topic that the record came from.",
    PARTITION: "Partition that the record came from.",
    OFFSET: "Offset of the record there.",
    TIME: "When it was rejected, RFC 3339.",
}
