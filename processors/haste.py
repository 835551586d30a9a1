"""Whether there is time to ask the network."""

from processors.flow import Decoded, Message


def hurried(decoded: Decoded, now: float, seconds: float) -> bool:
    """Whether most messages of a batch have waited so long already, or any one's deadline is as near; 0 is never."""
    messages = [item for item in decoded.items if isinstance(item, Message)]
    if not seconds or not messages:
        return False
    waited = sum(0 < each.record.timestamp_ms < (now - seconds) * 1000 for each in messages)
    return 2 * waited > len(messages) or any(_near(each, now, seconds) for each in messages)


def _near(message: Message, now: float, seconds: float) -> bool:
    """Whether its deadline is to come, soon."""
    deadline = message.inbound.deadline
    return deadline is not None and now < deadline.timestamp() < now + seconds
