"""The way of a message through a real worker, a real broker, a real Redis."""

import json

from redis import Redis

from schemas.topics import ROUTED
from tests.ground import redis
from tests.live.stand import Stand, body, headers_of, offset_of

MAIL = "Hello team,\n\nI was charged twice for invoice 4711, please send one payment back.\n\nKind regards,\nAnna"
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def test_a_mail_and_a_chat_message_get_one_decision_and_one_audit_record_each(stand: Stand) -> None:
    stand.worker(INTENTS_SCORER="onnx")
    stand.send(
        [{"text": MAIL, "channel": "email"}, {"text": "where is my parcel??", "channel": "chat"}], key="c-1"
    )
    stand.await_committed(2)
    answered = sorted(offset_of(body(message)) for message in stand.answers())
    assert len(answered) == len(set(answered)) == 2
    assert sorted(offset_of(body(message)) for message in stand.audits()) == answered


def test_order_is_kept_for_a_conversation(stand: Stand) -> None:
    stand.worker()
    for number in range(300):
        stand.send([{"text": f"message {number} about my order"}], key=f"c-{number % 7}")
    stand.await_committed(300)
    for topic in ("intents.routed", "intents.escalated"):
        seen: dict[str, int] = {}
        for message in stand.answers_on(topic):
            event = body(message)
            assert event["source"]["offset"] > seen.get(event["conversation"], -1)
            seen[event["conversation"]] = event["source"]["offset"]


def test_the_trace_of_a_message_goes_on_in_every_event(stand: Stand) -> None:
    stand.worker()
    stand.send([{"text": "where is my parcel"}], key="c-1", headers=[("traceparent", TRACE)])
    stand.await_committed(1)
    assert [headers_of(m).get("traceparent") for m in [*stand.answers(), *stand.audits()]] == [
        TRACE.encode()
    ] * 2


def test_a_rejection_is_logged_with_the_trace_it_came_with(stand: Stand) -> None:
    worker = stand.worker()
    stand.send([b"no JSON"], key="c-1", headers=[("traceparent", TRACE)])
    stand.await_committed(1)
    lines = [json.loads(line) for line in worker.process.log.read_text().splitlines()]
    (said,) = [line for line in lines if line["message"] == "records were rejected"]
    assert (said["causes"], said["traces"]) == (["bad_json"], ["0af7651916cd43dd8448eb211c80319c"])


def test_what_redis_knows_of_a_customer_is_in_the_audit(stand: Stand, redis_server: redis.Server) -> None:
    Redis.from_url(redis_server.url).set("ctx:default:customer:u-7", '{"tier": "gold"}')
    # A busy machine may take longer than a worker's 20 ms; what comes of that is tested elsewhere.
    stand.worker(INTENTS_CONTEXT_DEADLINE_MS="1000")
    stand.send([{"text": "where is my parcel", "customer": "u-7"}], key="c-1")
    stand.await_committed(1)
    (audit,) = [body(message) for message in stand.audits()]
    assert audit["observed"]["context"] == {"tier": "gold"}
    assert "context_missing" not in audit["flags"]


def test_an_observing_worker_audits_but_routes_nothing(stand: Stand) -> None:
    stand.worker(INTENTS_MODE="observe")
    stand.send([{"text": f"where is my parcel {n}"} for n in range(20)], key="c-1")
    stand.await_committed(20)
    assert stand.answers() == []
    assert len(stand.audits()) == 20


def test_at_least_once_delivery_answers_everything_too(stand: Stand) -> None:
    worker = stand.worker(INTENTS_DELIVERY="at_least_once")
    stand.send([{"text": f"where is my parcel {n}"} for n in range(2000)], key=None)
    stand.await_committed(2000)
    assert worker.stop() == 0
    answered = {offset_of(body(message)) for message in stand.answers()}
    assert len(answered) == 2000


def test_no_text_of_a_customer_is_in_the_audit_or_the_log(stand: Stand) -> None:
    worker = stand.worker(INTENTS_LOG_LEVEL="debug")
    stand.send([{"text": "my secret is xylophone"}, b'{"text": 12, "xylophone": 1}', b"xylophone"], key="c-1")
    stand.await_committed(3)
    assert worker.stop() == 0
    assert not any(b"xylophone" in (message.value() or b"") for message in stand.audits())
    assert "xylophone" not in worker.process.log.read_text()


def test_a_routed_message_names_its_target(stand: Stand) -> None:
    stand.worker()
    stand.send([{"text": f"where is my parcel {n}"} for n in range(50)], key="c-1")
    stand.await_committed(50)
    routed = [body(message) for message in stand.answers_on(ROUTED)]
    assert routed
    assert all(event["target"]["name"] and event["confidence"] >= 0.85 for event in routed)
