"""One bad item is found; its neighbours are answered once, in their order."""

from collections.abc import Sequence

import pytest

from processors.flow import Message, Record, Rejection
from processors.halving import along, halving
from processors.score import ModelDown
from schemas.vocabulary import Cause
from tests.processors.samples import message, record


class Step:
    """Gives back each record's offset; raises where a poisoned one is among them."""

    def __init__(self, *poisoned: int) -> None:
        self._poisoned = poisoned
        self.calls = 0

    def __call__(self, records: Sequence[Record]) -> list[int]:
        self.calls += 1
        for one in records:
            if one.source.offset in self._poisoned:
                raise ValueError(f"secret of {one.value!r}")
        return [one.source.offset for one in records]


def records(count: int) -> list[Record]:
    return [record(offset=place) for place in range(count)]


def test_without_poison_the_step_is_called_once() -> None:
    step = Step()
    assert list(halving(step, records(512))) == list(range(512))
    assert step.calls == 1


@pytest.mark.parametrize("poisoned", [(0,), (5,), (511,), (3, 4), (0, 256, 511), tuple(range(0, 512, 7))])
def test_exactly_the_poisoned_are_rejected_in_their_place(poisoned: tuple[int, ...]) -> None:
    results = halving(Step(*poisoned), records(512))
    assert [place for place, one in enumerate(results) if isinstance(one, Rejection)] == list(poisoned)
    assert all(one == place for place, one in enumerate(results) if not isinstance(one, Rejection))


def test_one_culprit_among_512_costs_nineteen_calls() -> None:
    step = Step(300)
    halving(step, records(512))
    assert step.calls == 2 * 9 + 1


def test_a_rejection_says_where_the_step_failed_but_not_what_it_said() -> None:
    (one,) = halving(Step(0), records(1))
    assert isinstance(one, Rejection)
    assert one.cause is Cause.STEP_FAILED
    assert one.record == records(1)[0]
    assert one.detail.startswith("ValueError at test_halving.py:")
    assert "secret" not in one.detail


def test_a_step_that_loses_results_is_a_step_that_fails() -> None:
    def forgetful(some: Sequence[Record]) -> list[int]:
        return [one.source.offset for one in some if one.source.offset != 2]

    results = halving(forgetful, records(5))
    assert [isinstance(one, Rejection) for one in results] == [False, False, True, False, False]


def test_a_model_that_is_down_passes_through_untouched() -> None:
    down = ModelDown("no memory")

    def asking(some: Sequence[Record]) -> list[int]:
        raise down

    with pytest.raises(ModelDown) as raised:
        halving(asking, records(4))
    assert raised.value is down


def test_an_interrupt_is_not_a_poison() -> None:
    def interrupted(some: Sequence[Record]) -> list[int]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        halving(interrupted, records(4))


def test_what_is_of_another_kind_passes_by_in_its_place() -> None:
    def texts(messages: Sequence[Message]) -> list[str]:
        return [one.text for one in messages]

    earlier = Rejection(record(), Cause.BAD_JSON, "bad")
    items: list[Message | Rejection] = [message("a"), earlier, message("b"), earlier]
    assert along(Message, items, texts) == ["a", earlier, "b", earlier]


def test_a_step_with_nothing_to_do_is_not_called() -> None:
    def never(messages: Sequence[Message]) -> list[str]:
        raise AssertionError("called")

    earlier = Rejection(record(), Cause.BAD_JSON, "bad")
    items: list[Message | Rejection] = [earlier]
    assert along(Message, items, never) == [earlier]
