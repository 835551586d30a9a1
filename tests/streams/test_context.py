"""Context comes in time, from the right customer, or not at all."""

import contextlib
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator

import fakeredis
import msgspec
import pytest

from processors.flow import ContextKey, Contexts, Json
from streams.context import FAILURES_BEFORE_OPEN, ContextStore, connect, redis_key
from streams.settings import SettingsError

ANNA: ContextKey = ("acme", "customer", "u-1")
BERT: ContextKey = ("acme", "customer", "u-2")
DEADLINE_S = 0.1
Answer = Callable[[socket.socket, int, bytes], None]


@pytest.fixture
def client() -> Iterator[fakeredis.FakeRedis]:
    client = fakeredis.FakeRedis()
    yield client
    client.close()


@contextlib.contextmanager
def server(answer: Answer) -> Iterator[ContextStore]:
    """A store over a server that answers each MGET as told; counts them over all connections."""
    listener = socket.create_server(("127.0.0.1", 0))
    asked = [0]

    def serve(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            while said := connection.recv(65536):
                for _ in range(said.count(b"CLIENT")):
                    connection.sendall(b"+OK\r\n")
                if b"MGET" in said:
                    asked[0] += 1
                    answer(connection, asked[0], said)

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield connect(f"redis://127.0.0.1:{listener.getsockname()[1]}/0", DEADLINE_S)
    finally:
        listener.close()


def one(value: bytes) -> bytes:
    """An MGET's reply of one value."""
    return b"*1\r\n$%d\r\n%s\r\n" % (len(value), value)


def test_facts_are_found_under_the_key_of_tenant_and_customer(client: fakeredis.FakeRedis) -> None:
    client.set("ctx:acme:customer:u-1", '{"tier": "gold"}')
    assert ContextStore(client).fetch([ANNA, BERT]).facts == {ANNA: {"tier": "gold"}, BERT: None}
    assert redis_key(ANNA) == "ctx:acme:customer:u-1"


@pytest.mark.parametrize("rubbish", [b"gold", b"\xff\xfe", b"", b"[" * 100_000, b"null"])
def test_what_is_no_json_is_no_fact(client: fakeredis.FakeRedis, rubbish: bytes) -> None:
    client.set("ctx:acme:customer:u-1", rubbish)
    assert ContextStore(client).fetch([ANNA]).facts == {ANNA: None}


@pytest.mark.parametrize("fact", [True, 12, 0.5, "closed", [1], {"open": 2}])
def test_a_fact_about_a_system_is_any_json(client: fakeredis.FakeRedis, fact: Json) -> None:
    key = ("acme", "system", "agents")
    client.set("ctx:acme:system:agents", msgspec.json.encode(fact))
    assert ContextStore(client).fetch([key]).facts == {key: fact}


def test_a_key_of_another_type_is_no_fact_and_spoils_no_other(client: fakeredis.FakeRedis) -> None:
    client.lpush("ctx:acme:customer:u-1", "a list")
    client.set("ctx:acme:customer:u-2", '{"tier": "gold"}')
    assert ContextStore(client).fetch([ANNA, BERT]).facts == {ANNA: None, BERT: {"tier": "gold"}}


def test_nobody_is_asked_about_nobody() -> None:
    assert connect("redis://127.0.0.1:1/0", DEADLINE_S).fetch([]) == Contexts()


def test_an_answer_that_comes_too_late_is_not_taken_for_the_answer_to_the_next_question() -> None:
    def late_at_first(connection: socket.socket, asked: int, _said: bytes) -> None:
        if asked == 1:
            time.sleep(2 * DEADLINE_S)
        connection.sendall(one(b'{"question": %d}' % asked))

    with server(late_at_first) as store:
        assert store.fetch([ANNA]) == Contexts()
        time.sleep(2 * DEADLINE_S)
        assert store.fetch([BERT]).facts == {BERT: {"question": 2}}


def test_a_server_that_never_answers_costs_the_deadline_then_nothing() -> None:
    with server(lambda connection, asked, said: None) as store:
        for _ in range(FAILURES_BEFORE_OPEN):
            began = time.monotonic()
            assert store.fetch([ANNA]) == Contexts()
            assert time.monotonic() - began < 5 * DEADLINE_S
        began = time.monotonic()
        for _ in range(50):
            assert store.fetch([ANNA]) == Contexts()
        assert time.monotonic() - began < DEADLINE_S


def test_an_error_of_the_server_costs_the_context_only() -> None:
    with server(lambda connection, asked, said: connection.sendall(b"-NOAUTH no password\r\n")) as store:
        assert store.fetch([ANNA]) == Contexts()


def test_a_context_that_goes_away_is_said_once_not_with_every_batch(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.INFO, "intents.context"):
        store = connect("redis://:hunter2@127.0.0.1:1/0", DEADLINE_S)
        for _ in range(20):
            store.fetch([ANNA])
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "hunter2" not in caplog.text


def test_whether_redis_answers_at_all(client: fakeredis.FakeRedis) -> None:
    assert ContextStore(client).answers()
    assert not connect("redis://127.0.0.1:1/0", DEADLINE_S).answers()


@pytest.mark.parametrize("url", ["nonsense", "http://h:1/0", "redis://user:hunter2@h:port/0"])
def test_what_is_no_url_is_a_bad_setting_whose_password_is_not_said(url: str) -> None:
    with pytest.raises(SettingsError, match="INTENTS_REDIS_URL") as said:
        connect(url, DEADLINE_S)
    assert "hunter2" not in str(said.value)
