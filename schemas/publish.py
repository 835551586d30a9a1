"""The writing of the contract's documents into `schemas/json`."""

from pathlib import Path
from typing import Final

import msgspec

from schemas import asyncapi
from schemas.audit import AuditRecord
from schemas.catalog import Catalog
from schemas.events import Clarify, Escalated, Ignored, Refused, Replied, Routed
from schemas.feedback import Feedback
from schemas.messages import InboundMessage
from schemas.published import Pointer, Version

FOLDER: Final = Path(__file__).parent / "json"
SHAPES: Final[dict[str, type[msgspec.Struct]]] = {
    "inbound": InboundMessage,
    "routed": Routed,
    "clarify": Clarify,
    "escalated": Escalated,
    "refused": Refused,
    "replied": Replied,
    "ignored": Ignored,
    "audit": AuditRecord,
    "feedback": Feedback,
    "catalog": Catalog,
    "catalog-version": Version,
    "catalog-pointer": Pointer,
}
DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def documents() -> dict[str, bytes]:
    """Every document by its file name, byte for byte as it has to lie in the folder."""
    schemas = {f"{name}.json": _pretty(_schema(shape)) for name, shape in SHAPES.items()}
    return schemas | {"asyncapi.json": _pretty(asyncapi.document())}


def publish(folder: Path = FOLDER) -> list[Path]:
    """Write all of them; says where."""
    folder.mkdir(exist_ok=True)
    for name, content in documents().items():
        (folder / name).write_bytes(content)
    return [folder / name for name in documents()]


def _schema(shape: type[msgspec.Struct]) -> asyncapi.Document:
    return {"$schema": DIALECT, **msgspec.json.schema(shape)}


def _pretty(document: asyncapi.Document) -> bytes:
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"


if __name__ == "__main__":
    for path in publish():
        print(path)
