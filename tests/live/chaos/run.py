"""One run: feed, faults, the end, the count."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.ground.kafka import Broker
from tests.ground.process import wait_until
from tests.ground.redis import Server
from tests.ground.topics import Topics
from tests.live.chaos import evidence, plan
from tests.live.chaos.faults import Happened, Storm
from tests.live.chaos.feed import Feed
from tests.live.chaos.fleet import WORKER, Exit, Fleet
from tests.live.chaos.plan import Fault
from tests.live.chaos.samples import Sample, Standstill, standstill
from tests.live.chaos.verify import Findings
from tests.live.chaos.watch import Watch

PARTITIONS = 12
JOIN_S = 90.0
# Longer than any standstill that is allowed.
SETTLE_S = 45.0
FEED_SETTLE_S = 60.0
# What a killed broker left open is ended by its time-out, or by the next word of who began it.
OPEN_S = 45.0
# The least time of a run without faults, so that the fleet has something to do from end to end.
LEAST_S = 5.0


@dataclass(frozen=True, slots=True)
class Wish:
    """What a run is to be like."""

    messages: int
    faults: int
    workers: int
    seed: int
    scorer: str = "constant"
    delivery: str = "exactly_once"
    only: plan.Kind | None = None
    command: Sequence[str] = WORKER


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run was like."""

    wish: Wish
    seconds: float
    happened: Sequence[Happened]
    samples: Sequence[Sample]
    exits: Sequence[Exit]
    stop_seconds: Sequence[float]
    idle_workers: Sequence[str]
    left_waiting: int
    last_words: str
    standstill: Standstill
    answers: Findings
    audit: Findings
    copies: Sequence[str]


def run(wish: Wish, broker: Broker, redis: Server, folder: Path, say: Callable[[str], None]) -> Outcome:
    """Every message is fed under faults, waited for, counted."""
    topics = Topics(broker.bootstrap)
    topics.create(PARTITIONS)
    group = f"{topics.prefix}group"
    fleet = Fleet(folder, _settings(wish, topics, redis, group), wish.workers, wish.command)
    watch = Watch(topics, group, PARTITIONS)
    try:
        fleet.start()
        watch.start()
        _wait_for_the_group(watch, fleet, wish.workers)
        return _under_faults(wish, topics, fleet, watch, Storm(fleet, broker, redis, watch), say)
    finally:
        watch.end()
        fleet.end()


def _under_faults(
    wish: Wish, topics: Topics, fleet: Fleet, watch: Watch, storm: Storm, say: Callable[[str], None]
) -> Outcome:
    """The run once everybody is there."""
    begin = time.monotonic()
    faults = plan.draw(wish.seed, wish.faults, wish.workers, wish.only)
    _storm_while_feeding(wish, topics, storm, faults)
    fed = time.monotonic() - begin
    say(f"{wish.messages} messages fed, {len(faults)} faults over in {fed:.0f} s; {watch.waiting()} wait")
    _settle(watch)
    idle_workers = _idle_workers(watch, fleet)
    seconds = time.monotonic() - begin
    left = watch.waiting()
    last_words = fleet.last_words() if left else ""
    fleet.stop()
    watch.end()
    try:
        wait_until(lambda: evidence.closed(topics), OPEN_S, "the end of every transaction")
    except TimeoutError as error:
        say(f"{error}: what lies behind one that is open is not seen")
    say("counting")
    questions = evidence.asked(topics)
    if len(questions) != wish.messages:
        raise RuntimeError(f"the harness fed {len(questions)} records instead of {wish.messages}")
    answers, audit = evidence.answers(topics, questions), evidence.audit(topics, questions)
    return Outcome(
        wish=wish,
        seconds=seconds,
        happened=sorted(storm.happened, key=lambda each: each.began),
        samples=watch.samples,
        exits=fleet.exits,
        stop_seconds=fleet.stop_seconds,
        idle_workers=idle_workers,
        left_waiting=left,
        last_words=last_words,
        standstill=standstill(watch.samples),
        answers=answers,
        audit=audit,
        copies=evidence.copies(topics, {*answers.twice, *audit.twice}),
    )


def _storm_while_feeding(wish: Wish, topics: Topics, storm: Storm, faults: Sequence[Fault]) -> None:
    """Both at once; what fails in the feed comes out here."""
    errors: list[BaseException] = []

    def feed() -> None:
        try:
            Feed(topics, wish.messages, _seconds(wish), wish.seed).run()
        except BaseException as error:
            errors.append(error)

    feeding = threading.Thread(target=feed, name="feed", daemon=True)
    feeding.start()
    storm.run(faults)
    feeding.join(_seconds(wish) + FEED_SETTLE_S)
    if errors or feeding.is_alive():
        raise RuntimeError(f"the feed did not end well: {errors}")


def _seconds(wish: Wish) -> float:
    return plan.duration(wish.faults) if wish.faults else LEAST_S


def _settle(watch: Watch) -> None:
    """Wait until nothing waits, as long as less waits than before; then the count says what is missing."""
    begun = time.monotonic()
    least, end = watch.waiting(), begun + SETTLE_S
    while not watch.idle(begun) and time.monotonic() < end:
        if watch.waiting() < least:
            least, end = watch.waiting(), time.monotonic() + SETTLE_S
        time.sleep(0.2)


def _idle_workers(watch: Watch, fleet: Fleet) -> list[str]:
    """Workers that run with no partition of their own, though there are enough for all."""
    end = time.monotonic() + JOIN_S
    while True:
        owners = watch.owners()
        idle = [each.instance for each in fleet.workers if not owners.get(each.instance)]
        if not idle or time.monotonic() > end:
            return idle
        time.sleep(0.5)


def _wait_for_the_group(watch: Watch, fleet: Fleet, workers: int) -> None:
    """All are in, each with partitions; else it is told what they said."""
    try:
        wait_until(lambda: sum(map(bool, watch.owners().values())) == workers, JOIN_S, "joining the group")
    except TimeoutError as error:
        raise RuntimeError(f"{error}\n{fleet.tails()}") from None


def _settings(wish: Wish, topics: Topics, redis: Server, group: str) -> dict[str, str]:
    return {
        "INTENTS_BROKERS": topics.bootstrap,
        "INTENTS_REDIS_URL": redis.url,
        "INTENTS_TOPIC_PREFIX": topics.prefix,
        "INTENTS_GROUP": group,
        "INTENTS_SCORER": wish.scorer,
        "INTENTS_DELIVERY": wish.delivery,
    }
