"""The documents in `schemas/json` say what the code says, in words that their own standards accept."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError

from processors.flow import Contexts
from processors.pipeline import answer
from schemas import topics
from schemas.cloudevents import TYPE
from schemas.publish import FOLDER, SHAPES, documents, publish
from tests.processors.samples import ListedScorer, decoded, desk, record, scores, written

EXAMPLE: dict[str, object] = {
    "text": "my parcel 4711 never came, I want my money back",
    "id": "m-1",
    "tenant": "acme",
    "conversation": "c-42",
    "customer": "u-7",
    "channel": "chat",
    "locale": "en",
    "subject": None,
    "sent_at": "2026-11-21T10:00:00Z",
    "deadline": None,
    "intent": None,
    "safety_mode": None,
    "permissions": [],
    "signals": {},
}


def read(name: str) -> Any:
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


def refs(node: Any) -> Iterator[str]:
    """Every reference in a document."""
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        node = list(node.values())
    if isinstance(node, list):
        for inner in node:
            yield from refs(inner)


def resolved(document: Any, ref: str) -> Any:
    for part in ref.removeprefix("#/").split("/"):
        document = document[part]
    return document


def test_the_documents_have_not_drifted_from_the_code() -> None:
    lying = {path.name: path.read_bytes() for path in FOLDER.iterdir()}
    assert lying == documents(), "run `python -m schemas.publish`"


def test_publishing_writes_them_all(tmp_path: Path) -> None:
    written_paths = publish(tmp_path / "json")
    assert {path.name: path.read_bytes() for path in written_paths} == documents()


@pytest.mark.parametrize("name", SHAPES)
def test_each_is_a_valid_json_schema(name: str) -> None:
    Draft202012Validator.check_schema(read(f"{name}.json"))


@pytest.mark.parametrize("name", [*(f"{name}.json" for name in SHAPES), "asyncapi.json"])
def test_every_reference_leads_somewhere(name: str) -> None:
    document = read(name)
    found = list(refs(document))
    assert all(resolved(document, ref) for ref in found)
    assert found


def test_what_we_send_is_what_the_schemas_say() -> None:
    customer = record(written(customer="u-7", channel="chat"))
    batch = decoded(customer, record(written(text="unsure")), record(written(text="")), record(b"{"))
    answers = answer(batch, Contexts(), ListedScorer({"unsure": scores(confidence=0.2)}), desk())
    checked = set()
    for event in [event for events in answers.per_record for event in events]:
        kind = (dict(event.headers).get(TYPE) or b"intent.rejected.v1").decode().split(".")[1]
        if kind != "rejected":
            Draft202012Validator(read(f"{kind}.json")).validate(json.loads(event.value or b""))
            checked.add(kind)
    assert checked == {"routed", "escalated", "ignored", "audit"}


def test_the_example_of_the_contract_is_what_the_schema_says() -> None:
    inbound = Draft202012Validator(read("inbound.json"))
    inbound.validate(EXAMPLE)
    with pytest.raises(ValidationError):
        inbound.validate(EXAMPLE | {"tenant": "a:b"})


def test_every_topic_is_a_channel_with_one_operation() -> None:
    document = read("asyncapi.json")
    names = {topic.name for topic in topics.ALL}
    assert document["channels"].keys() == names
    of_operations = [operation["channel"]["$ref"] for operation in document["operations"].values()]
    assert sorted(of_operations) == sorted(f"#/channels/{name}" for name in names)


def test_what_is_received_and_what_is_sent_is_told_apart() -> None:
    operations = read("asyncapi.json")["operations"]
    assert operations["receive-messages-inbound"]["action"] == "receive"
    assert operations["send-intents-routed"]["action"] == "send"
    assert operations["send-intents-audit"]["action"] == "send"
    assert operations["send-messages-dead"]["action"] == "send"


@pytest.mark.parametrize("name", ["inbound", "routed", "audit"])
def test_every_field_that_needs_words_has_them(name: str) -> None:
    shape = SHAPES[name].__name__
    definition = read(f"{name}.json")["$defs"][shape]
    assert definition["description"]
    described = [field for field, schema in definition["properties"].items() if "description" in schema]
    assert len(described) >= 6
