"""What is in the air is counted; what an older epoch began is void."""

import threading
import time

from streams.flight import Flight


def test_nothing_is_in_the_air_at_first() -> None:
    flight = Flight()
    assert (flight.wait_empty(0), flight.wait_turn(0), flight.epoch, flight.failures) == (True, True, 0, 0)


def test_the_step_ahead_is_free_before_the_batch_has_landed() -> None:
    flight = Flight()
    assert flight.wait_turn(0)
    flight.take_off()
    assert not flight.wait_turn(0)
    flight.passed_on()
    assert flight.wait_turn(0)
    assert not flight.wait_empty(0)
    flight.landed(moved=True)
    assert flight.wait_empty(0)


def test_a_turn_that_is_not_used_is_given_back() -> None:
    flight = Flight()
    assert flight.wait_turn(0)
    flight.step_back()
    assert flight.wait_turn(0)


def test_two_batches_in_the_air_are_both_waited_for() -> None:
    flight = Flight()
    flight.take_off()
    flight.passed_on()
    flight.take_off()
    flight.landed(moved=True)
    assert not flight.wait_empty(0)
    flight.landed(moved=True)
    assert flight.wait_empty(0)


def test_a_wait_ends_as_soon_as_another_thread_lands_the_batch() -> None:
    flight = Flight()
    flight.take_off()
    lander = threading.Timer(0.05, lambda: flight.landed(moved=True))
    lander.start()
    began = time.monotonic()
    assert flight.wait_empty(5)
    assert time.monotonic() - began < 2
    lander.join()


def test_failures_add_up_until_a_batch_moves() -> None:
    flight = Flight()
    for _ in range(2):
        flight.take_off()
        flight.raise_epoch(failed=True)
        flight.landed(moved=False)
    assert (flight.epoch, flight.failures) == (2, 2)
    flight.take_off()
    flight.landed(moved=True)
    assert (flight.epoch, flight.failures) == (2, 0)


def test_an_epoch_raised_by_a_rebalance_is_no_failure() -> None:
    flight = Flight()
    flight.raise_epoch()
    assert (flight.epoch, flight.failures) == (1, 0)


def test_only_a_batch_that_moved_is_a_sign_of_life() -> None:
    flight = Flight()
    flight.moved_at = 0.0
    flight.take_off()
    flight.landed(moved=False)
    assert flight.moved_at == 0.0
    flight.take_off()
    flight.landed(moved=True)
    assert flight.moved_at > 0
