"""The headers that tell why a record waits in the deferred lane, where it came from."""

from typing import Final

PREFIX: Final = "deferred_"

REASON: Final = "deferred_reason"
TOPIC: Final = "deferred_topic"
PARTITION: Final = "deferred_partition"
OFFSET: Final = "deferred_offset"
TIME: Final = "deferred_time"

# What each header says, in the order in which they follow the record's own.
HEADERS: Final = {
    REASON: "`quota_exceeded`, or `conversation_waits`: an earlier message of the conversation is still there.",
    TOPIC: "Topic that the record was first read from.",
    PARTITION: "Partition that the record was first read from.",
    OFFSET: "Offset of the record there.",
    TIME: "When it was deferred, RFC 3339.",
}
