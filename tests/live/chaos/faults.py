"""The faults of a plan, made to happen."""

import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from tests.ground.kafka import Broker
from tests.ground.redis import Server
from tests.live.chaos.fleet import Fleet, Worker
from tests.live.chaos.plan import Fault, Kind
from tests.live.chaos.watch import Watch

SOMEBODY_S = 30.0


@dataclass(frozen=True, slots=True)
class Happened:
    """A fault as it was: whom it hit, from when its recovery counts, which partitions stood still by it."""

    kind: Kind
    target: str
    began: float
    partitions: frozenset[int]


class Storm:
    """Lets each fault happen at its time, each on a thread of its own, so that they may meet."""

    def __init__(self, fleet: Fleet, broker: Broker, redis: Server, watch: Watch) -> None:
        """All is well."""
        self._fleet = fleet
        self._broker = broker
        self._redis = redis
        self._watch = watch
        self._one_server = threading.Lock()
        self.happened: list[Happened] = []

    def run(self, faults: Sequence[Fault]) -> None:
        """Returns once the last fault is over; an error of the harness itself comes out here."""
        begin = time.monotonic()
        with ThreadPoolExecutor(max_workers=8, thread_name_prefix="fault") as threads:
            going: list[Future[None]] = []
            for fault in faults:
                time.sleep(max(0.0, begin + fault.at - time.monotonic()))
                going.append(threads.submit(self._happen, fault))
        for each in going:
            each.result()

    def _happen(self, fault: Fault) -> None:
        match fault.kind:
            case Kind.BROKER:
                self._lose(fault, self._broker)
            case Kind.REDIS:
                self._lose(fault, self._redis)
            case Kind.KILL:
                self._kill(fault)
            case Kind.TERMINATE:
                self._terminate(fault)
            case Kind.FREEZE:
                self._freeze(fault)
            case Kind.REMOVE | Kind.LOSE:
                self._remove(fault)

    def _kill(self, fault: Fault) -> None:
        worker, partitions = self._victim(fault)
        began = time.monotonic()
        self._fleet.kill(worker)
        self._note(fault, worker.instance, began, partitions)

    def _terminate(self, fault: Fault) -> None:
        worker, partitions = self._victim(fault)
        self._fleet.terminate(worker)
        # It commits until its end, so the gap begins there.
        self._note(fault, worker.instance, time.monotonic(), partitions)

    def _freeze(self, fault: Fault) -> None:
        worker, partitions = self._victim(fault)
        began = time.monotonic()
        self._fleet.freeze(worker)
        self._note(fault, worker.instance, began, partitions)
        time.sleep(fault.hold)
        self._fleet.thaw(worker)

    def _remove(self, fault: Fault) -> None:
        worker, partitions = self._victim(fault)
        self._fleet.remove(worker, goodbye=fault.kind is Kind.REMOVE)
        self._note(fault, worker.instance, time.monotonic(), partitions)
        self._fleet.drain(worker)
        time.sleep(fault.hold)
        self._fleet.bring_back(worker)

    def _lose(self, fault: Fault, server: Broker | Server) -> None:
        """A server dies, comes back after a while; one at a time, for it can't be dead twice."""
        with self._one_server:
            began = time.monotonic()
            server.kill()
            self._note(fault, f"away {fault.hold:.1f} s", began, self._watch.partitions())
            time.sleep(fault.hold)
            server.start()

    def _victim(self, fault: Fault) -> tuple[Worker, set[int]]:
        """The worker that is meant, else the next one that is whole, with what it owns now."""
        end = time.monotonic() + SOMEBODY_S
        while time.monotonic() < end:
            worker = self._fleet.whole(fault.worker)
            if worker is not None:
                return worker, self._watch.owned_by(worker.instance)
            time.sleep(0.1)
        raise RuntimeError(f"no worker was whole for {SOMEBODY_S:g} s, so {fault.kind} could not happen")

    def _note(self, fault: Fault, target: str, began: float, partitions: set[int]) -> None:
        self.happened.append(Happened(fault.kind, target, began, frozenset(partitions)))
