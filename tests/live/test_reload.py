"""Versions published under load: every answer is that of a version which counted when it was decided."""

from pathlib import Path

import pytest

from processors.flow import Record, Source
from tests.ground.kafka import Broker
from tests.ground.redis import Server
from tests.live.reload import verify as verifying
from tests.live.reload.__main__ import lines
from tests.live.reload.run import message, run
from tests.live.reload.verify import verify
from tests.live.reload.versions import timeline, version

LANE = "messages.inbound"
VERSIONS = timeline([(0, 100.0, 101.0), (1, 200.0, 201.0)])


def test_every_answer_is_that_of_a_version_that_counted(
    broker: Broker, redis_server: Server, tmp_path: Path
) -> None:
    outcome = run(100, 5_000, broker.bootstrap, redis_server, tmp_path, print)
    print("\n".join(lines(outcome)))
    assert outcome.findings.wrong == []
    assert outcome.findings.versions > 50


def record(number: int) -> Record:
    return Record(Source(LANE, 0, number), b"c-1", message(number), (), 0)


def answered(number: int, under: int, at: str) -> dict[str, object]:
    """What a worker says of a message under a version."""
    (body,) = verifying._decided_again([record(number)], version(under), "")
    return body | {"received_at": at, "decided_at": at}


def wrong(*answers: dict[str, object]) -> list[str]:
    """What is found where the first messages got these answers."""
    return verify({(0, number): record(number) for number in range(2)}, answers, VERSIONS, "").wrong


SOON, LATE = "1970-01-01T00:02:00Z", "1970-01-01T00:03:22.5Z"


def test_honest_answers_pass_the_count() -> None:
    assert wrong(answered(0, 0, SOON), answered(1, 1, LATE)) == []


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ([answered(0, 0, SOON)], "not answered"),
        ([answered(0, 0, SOON), answered(0, 0, SOON), answered(1, 0, SOON)], "twice"),
        ([answered(0, 0, LATE), answered(1, 0, SOON)], "1.500 s after its end"),
        ([answered(0, 1, SOON), answered(1, 0, SOON)], "-80.000 s after its beginning"),
        ([answered(0, 2, SOON), answered(1, 0, SOON)], "never published"),
        ([answered(0, 0, SOON) | {"priority": 5}, answered(1, 0, SOON)], "is otherwise"),
    ],
)
def test_what_is_wrong_is_found(answers: list[dict[str, object]], said: str) -> None:
    assert any(said in each for each in wrong(*answers)), wrong(*answers)


def test_versions_differ_in_what_they_decide() -> None:
    records = [record(number) for number in range(50)]
    first, second = (verifying._decided_again(records, version(number), "") for number in (4, 5))
    differing = [one for one, other in zip(first, second, strict=True) if one["reason"] != other["reason"]]
    assert differing
