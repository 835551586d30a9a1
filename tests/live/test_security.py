"""Passwords, tokens, certificates, rights: a worker and `intents check` at a guarded door of a broker."""

import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from confluent_kafka import admin

from schemas.topics import ANSWERS, AUDIT, CATALOG
from streams.lanes import LANES
from tests.ground import redis
from tests.ground.broker import Listener, sasl
from tests.ground.kafka import Broker
from tests.ground.process import wait_until
from tests.ground.topics import Topics
from tests.ground.users import add_scram_user
from tests.live.command import Ran, intents
from tests.live.stand import Stand

Brokers = Callable[..., Broker]

PASSWORD = "open-sesame-9731"
BY_PASSWORD = {"SASL_MECHANISM": "PLAIN", "SASL_USERNAME": "worker", "SASL_PASSWORD": PASSWORD}
BY_SCRAM = {**BY_PASSWORD, "SASL_MECHANISM": "SCRAM-SHA-512"}
BY_TOKEN = {
    "SASL_MECHANISM": "OAUTHBEARER",
    "ENABLE_SASL_OAUTHBEARER_UNSECURE_JWT": "true",
    "SASL_OAUTHBEARER_CONFIG": f"principal=worker scope={PASSWORD}",
}
AUTHORIZED = {
    "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
    "super.users": "User:ANONYMOUS",
}


def test_a_worker_gets_in_by_password_or_token_and_tells_neither(
    brokers: Brokers, redis_server: redis.Server, tmp_path: Path
) -> None:
    broker = brokers(listeners=(sasl(PASSWORD),))
    add_scram_user(broker.bootstrap, "worker", PASSWORD)
    for options in (BY_PASSWORD, BY_SCRAM, BY_TOKEN):
        stand = behind(broker, redis_server.url, tmp_path, {"SECURITY_PROTOCOL": "SASL_PLAINTEXT", **options})
        found = check(stand)
        assert (found.status, found.err) == (0, "")
        assert "***" in found.out
        log = answer_one(stand)
        assert PASSWORD not in found.out + log


def test_a_wrong_password_is_one_line_that_does_not_quote_it(
    brokers: Brokers, redis_server: redis.Server, tmp_path: Path
) -> None:
    broker = brokers(listeners=(sasl(PASSWORD),))
    wrong = {"SECURITY_PROTOCOL": "SASL_PLAINTEXT", **BY_PASSWORD, "SASL_PASSWORD": "guessed-1234"}
    stand = behind(broker, redis_server.url, tmp_path, wrong)
    found = check(stand)
    (line,) = [each for each in found.out.splitlines() if each.startswith("wrong")]
    assert found.status == 1
    assert "Authentication failed" in line
    assert "look at INTENTS_BROKERS and INTENTS_KAFKA__*" in line
    for command in (["topics"], ["drain", "w-1"], ["redrive"]):
        refused = intents(stand.environment("operator", 6066), *command)
        assert (refused.status, len(refused.err.splitlines())) == (1, 1), refused.err
        assert "Authentication failed" in refused.err
        assert "guessed" not in refused.err
    worker = stand.worker()
    worker.await_page("/ready", 503)
    wait_until(lambda: "uthentication" in worker.process.log.read_text(), 30, "the worker's word")
    stand.end()
    assert "guessed" not in found.out + found.err + worker.process.log.read_text()


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificate")
def test_a_worker_gets_in_through_tls_where_it_trusts_the_certificate(
    brokers: Brokers, redis_server: redis.Server, tmp_path: Path
) -> None:
    key, certificate = self_made(tmp_path)
    door = sasl(PASSWORD)
    lines = {"ssl.keystore.key": key, "ssl.keystore.certificate.chain": certificate}
    # In a properties file a line break is written out.
    pem = {name: path.read_text().replace("\n", "\\n") for name, path in lines.items()}
    guarded = Listener("SASL", "SASL_SSL", {**door.config, **pem, "ssl.keystore.type": "PEM"})
    broker = brokers(listeners=(guarded,))
    trusting = {"SECURITY_PROTOCOL": "SASL_SSL", **BY_PASSWORD, "SSL_CA_LOCATION": str(certificate)}
    stand = behind(broker, redis_server.url, tmp_path, trusting)
    assert check(stand).status == 0
    assert PASSWORD not in answer_one(stand)
    suspicious = check(stand, INTENTS_KAFKA__SSL_CA_LOCATION="")
    assert suspicious.status == 1
    assert "certificate" in suspicious.out


@pytest.mark.prove
def test_a_principal_with_too_few_rights_is_told_which_and_those_suffice(
    brokers: Brokers, redis_server: redis.Server, tmp_path: Path
) -> None:
    broker = brokers(AUTHORIZED, (sasl(PASSWORD),))
    stand = behind(broker, redis_server.url, tmp_path, {"SECURITY_PROTOCOL": "SASL_PLAINTEXT", **BY_PASSWORD})
    name = stand.topics.name
    grant(broker, [(kind, named, "DESCRIBE") for kind, named in topics_of(stand)])
    found = check_once(stand, lambda said: "may not look at" not in said)
    wrong = wrongs(found)
    assert found.status == 1
    for lane in LANES:
        assert any(f"may not READ topic {name(lane.base)}; run: kafka-acls --add" in line for line in wrong)
        assert any(f"may not READ group {lane.group(stand.group)}" in line for line in wrong)
    assert sum("may not WRITE topic" in line for line in wrong) == len({AUDIT, CATALOG, *ANSWERS.values()})
    assert any(f"--transactional-id {stand.group}-" in line for line in wrong)
    outputs = [("TOPIC", name(topic), "WRITE") for topic in (AUDIT, CATALOG, *ANSWERS.values())]
    inputs = [("TOPIC", name(topic), "READ") for topic in (*(lane.base for lane in LANES), CATALOG)]
    grant(broker, [*inputs, *outputs])
    own = [("GROUP", stand.group, "READ"), ("TRANSACTIONAL_ID", f"{stand.group}-", "WRITE")]
    grant(broker, own, pattern="PREFIXED")
    (seeding,) = wrongs(check_once(stand, lambda said: said.count("\nwrong") == 1))
    assert f"--transactional-id {name(CATALOG)}-" in seeding
    grant(broker, [("TRANSACTIONAL_ID", f"{name(CATALOG)}-", "WRITE")], pattern="PREFIXED")
    found = check_once(stand, lambda said: "\nwrong" not in said)
    assert (found.status, wrongs(found)) == (0, [])
    assert "unknown  broker" in found.out
    answer_one(stand)


def behind(broker: Broker, redis_url: str, folder: Path, options: dict[str, str]) -> Stand:
    """Workers that come in through the guarded door; the test itself takes the open one."""
    topics = Topics(broker.bootstrap)
    topics.create(partitions=2)
    settings = {"INTENTS_KAFKA__" + name: value for name, value in options.items()}
    return Stand(topics, redis_url, folder, {"INTENTS_BROKERS": broker.door("SASL"), **settings})


def check(stand: Stand, **settings: str) -> Ran:
    """The command with the workers' settings."""
    return intents(stand.environment("operator", 6066) | settings, "check")


def check_once(stand: Stand, ready: Callable[[str], bool]) -> Ran:
    """The command once it says so: a broker that has taken a right in may not yet heed it."""
    found = check(stand)
    deadline = time.monotonic() + 60
    while not ready(found.out) and time.monotonic() < deadline:
        found = check(stand)
    return found


def wrongs(found: Ran) -> list[str]:
    """What is wrong."""
    return [line for line in found.out.splitlines() if line.startswith("wrong")]


def answer_one(stand: Stand) -> str:
    """Let a worker answer one message; what it logged meanwhile."""
    worker = stand.worker(INTENTS_LOG_LEVEL="debug")
    stand.send([{"text": "where is my parcel"}])
    wait_until(lambda: len(stand.audits()) == len(stand.answers()) == 1, 40, "the answer")
    assert worker.stop() == 0
    return worker.process.log.read_text()


def self_made(folder: Path) -> tuple[Path, Path]:
    """A key, and a certificate that it signs for itself."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    files = ["-keyout", str(key), "-out", str(certificate)]
    names = ["-subj", "/CN=broker", "-addext", "subjectAltName=IP:127.0.0.1"]
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *files, *names]
    subprocess.run(made, check=True, capture_output=True)
    return key, certificate


def topics_of(stand: Stand) -> list[tuple[str, str]]:
    """The topics that a worker has to do with."""
    names = (*(lane.base for lane in LANES), AUDIT, CATALOG, *ANSWERS.values())
    return [("TOPIC", stand.topics.name(topic)) for topic in names]


def grant(broker: Broker, rights: list[tuple[str, str, str]], pattern: str = "LITERAL") -> None:
    """Let the user `worker` do these things, told as resource, name, operation."""
    # Exported by the package, not by its types.
    wishes = [
        admin.AclBinding(  # type: ignore[attr-defined]
            admin.ResourceType[kind],  # type: ignore[attr-defined]
            name,
            admin.ResourcePatternType[pattern],  # type: ignore[attr-defined]
            "User:worker",
            "*",
            admin.AclOperation[operation],  # type: ignore[attr-defined]
            admin.AclPermissionType.ALLOW,  # type: ignore[attr-defined]
        )
        for kind, name, operation in rights
    ]
    client = admin.AdminClient({"bootstrap.servers": broker.bootstrap})
    for done in client.create_acls(wishes).values():
        done.result(30)
