"""How the table of figures is told: in columns, in a bundle's card."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from onnx_models.packing.pack import CARD, MANIFEST, digests, write
from schemas.manifest import Manifest

HEADING = "## What it must show"
HEAD = ("", "must", "aim", "seen")


@dataclass(frozen=True, slots=True)
class Row:
    """One figure beside what was asked for."""

    what: str
    must: str
    aim: str
    seen: str


def lined(found: Sequence[Row]) -> list[str]:
    """The table in columns."""
    cells = [HEAD, *((row.what, row.must, row.aim, row.seen) for row in found)]
    widths = [max(len(each[place]) for each in cells) + 2 for place in range(3)]
    return [
        "".join([*(one.ljust(width) for one, width in zip(each, widths, strict=False)), each[-1]])
        for each in cells
    ]


def carded(found: Sequence[Row], folder: Path) -> str:
    """The table written into a bundle's card; the bundle's new digest."""
    table = ["| | must | aim | seen |", "| --- | --- | --- | --- |"]
    table += [f"| {row.what} | {row.must} | {row.aim} | {row.seen} |" for row in found]
    text = (folder / CARD).read_text(encoding="utf-8").partition(HEADING)[0].rstrip()
    text += (
        f"\n\n{HEADING}\nBy `python -m tests.bench.table`; nothing was chosen by what it is measured on, "
        "but the way a\ntemperature is fitted.\n\n"
    )
    content = (text + "\n".join(table) + "\n").encode("utf-8")
    manifest = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
    manifest = msgspec.structs.replace(manifest, files=manifest.files | digests({CARD: content}))
    return write(folder, {CARD: content}, manifest)
