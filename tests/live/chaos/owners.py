"""Who owns which partitions, asked by a process of its own.

librdkafka aborts the process when a broker dies under a request of its admin client (its issue 4605: an
assertion on `eonce->refcnt`; seen with 2.15 and 2.16), and here brokers die all the time.
"""

import json
import subprocess
import sys

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

ANSWER_S = 5.0
PROCESS_S = 20.0


def owners(bootstrap: str, group: str) -> dict[str, set[int]]:
    """The partitions of each static member that is in the group now; nothing where nobody can tell."""
    command = [sys.executable, "-m", "tests.live.chaos.owners", bootstrap, group]
    try:
        said = subprocess.run(command, capture_output=True, text=True, timeout=PROCESS_S)
    except subprocess.TimeoutExpired:
        return {}
    found = json.loads(said.stdout) if said.returncode == 0 else {}
    return {instance: set(partitions) for instance, partitions in found.items()}


def _asked(bootstrap: str, group: str) -> dict[str, list[int]]:
    client = AdminClient({"bootstrap.servers": bootstrap, "log_level": 0})
    members = client.describe_consumer_groups([group], request_timeout=ANSWER_S)[group].result().members
    return {
        str(each.group_instance_id): [int(p.partition) for p in each.assignment.topic_partitions]
        for each in members
        if each.assignment is not None
    }


if __name__ == "__main__":
    try:
        print(json.dumps(_asked(sys.argv[1], sys.argv[2])))
    except KafkaException as error:
        sys.exit(str(error))
