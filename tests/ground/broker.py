"""The settings of a single broker for tests."""

from collections.abc import Mapping
from dataclasses import dataclass, field

HOST = "127.0.0.1"
PLAIN = "PLAINTEXT"
CONTROLLER = "CONTROLLER"
CLUSTER = "aW50ZW50LXN0cmVhbQAAAA"
# A broker for one machine: nothing is replicated, nobody waits for others to join.
SINGLE = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.listener.names": "CONTROLLER",
    "inter.broker.listener.name": "PLAINTEXT",
    "offsets.topic.replication.factor": "1",
    "offsets.topic.num.partitions": "4",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "transaction.state.log.num.partitions": "4",
    "group.initial.rebalance.delay.ms": "0",
    "auto.create.topics.enable": "false",
    "message.max.bytes": str(2 * 1024 * 1024 + 64 * 1024),
    "replica.fetch.max.bytes": str(4 * 1024 * 1024),
    # The controller holds a killed broker for alive so long, then lets the new one in.
    "broker.session.timeout.ms": "3000",
    "broker.heartbeat.interval.ms": "500",
    "num.network.threads": "2",
    "num.io.threads": "4",
    "log.cleaner.dedupe.buffer.size": str(16 * 1024 * 1024),
}


@dataclass(frozen=True, slots=True)
class Listener:
    """A further door of the broker, such as one that asks for a password."""

    name: str
    protocol: str = "SASL_PLAINTEXT"
    config: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Doors:
    """The ports of a broker, by listener."""

    ports: Mapping[str, int]
    listeners: tuple[Listener, ...] = ()

    def at(self, name: str, host: str = HOST) -> str:
        """Where clients find a listener."""
        return f"{host}:{self.ports[name]}"


def settings(doors: Doors, data: str, bind: str, wishes: Mapping[str, str]) -> dict[str, str]:
    """What the broker is told: ours, then what the test wants otherwise."""
    protocols = {PLAIN: PLAIN, CONTROLLER: PLAIN} | {each.name: each.protocol for each in doors.listeners}
    outside = [name for name in doors.ports if name != CONTROLLER]
    own = {
        **SINGLE,
        "log.dirs": data,
        "listeners": ",".join(f"{name}://{doors.at(name, bind)}" for name in doors.ports),
        "advertised.listeners": ",".join(f"{name}://{doors.at(name)}" for name in outside),
        "listener.security.protocol.map": ",".join(f"{name}:{each}" for name, each in protocols.items()),
        "controller.quorum.voters": f"1@{doors.at(CONTROLLER)}",
    }
    for each in doors.listeners:
        own |= {f"listener.name.{each.name.lower()}.{key}": value for key, value in each.config.items()}
    return own | dict(wishes)


def sasl(password: str) -> Listener:
    """A door for the user `worker`, by PLAIN, SCRAM or an unsigned token."""
    module = "org.apache.kafka.common.security"
    users = f'username="broker" password="{password}" user_worker="{password}"'
    return Listener(
        "SASL",
        config={
            "sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER",
            "plain.sasl.jaas.config": f"{module}.plain.PlainLoginModule required {users};",
            "scram-sha-256.sasl.jaas.config": f"{module}.scram.ScramLoginModule required;",
            "scram-sha-512.sasl.jaas.config": f"{module}.scram.ScramLoginModule required;",
            "oauthbearer.sasl.jaas.config": f"{module}.oauthbearer.OAuthBearerLoginModule required "
            'unsecuredLoginStringClaim_sub="broker";',
        },
    )
