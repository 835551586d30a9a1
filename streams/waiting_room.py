"""Who of the deferred lane may go on: a tenant's messages as its quota has room, in their order."""

import time
from collections.abc import Callable, Sequence

from processors.desk import Limits
from processors.flow import Batch, Decoded, Message, Record
from processors.quota import claim_of
from streams.context import ContextStore
from streams.lanes import DEFERRED
from streams.reading import Reading
from streams.ready import Current


class WaitingRoom:
    """Asks for tokens before a deferred record is read, forgets a conversation once its answers count."""

    def __init__(
        self, decode: Callable[[Batch, Limits], Decoded], store: ContextStore, current: Current
    ) -> None:
        """A room over a store that no other lane asks."""
        self._decode = decode
        self._store = store
        self._current = current

    def admits(self, records: Sequence[Record]) -> int:
        """How many of these, from the first on, may be answered now; the same ones stay admitted."""
        claims = {
            place: claim
            for place, message in self._messages(records)
            if (claim := claim_of(message, self._current.ready.desk)) is not None
        }
        admitted = self._store.admitted(tuple(claims.values())) if claims else 0
        return len(records) if admitted == len(claims) else list(claims)[admitted]

    def release(self, reading: Reading) -> None:
        """These are answered: what their conversations say next need not wait for them any more."""
        if reading.flight.lane is not DEFERRED:
            return
        desk = self._current.ready.desk
        answered = [
            (message.origin, claim)
            for _, message in self._messages(reading.batch.records)
            if message.origin is not None and (claim := claim_of(message, desk)) is not None
        ]
        if answered:
            self._store.release(answered)

    def _messages(self, records: Sequence[Record]) -> list[tuple[int, Message]]:
        """Those that can be read, each with its place."""
        decoded = self._decode(Batch(tuple(records), time.time()), self._current.ready.desk.limits)
        return [(place, item) for place, item in enumerate(decoded.items) if isinstance(item, Message)]
