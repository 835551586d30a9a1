"""Where an evaluation goes: tables for people, JSON, a page, pictures."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from streams.settings import SettingsError

if TYPE_CHECKING:
    from streams.evaluation.figures import Evaluation

STDOUT = "-"


@dataclass(frozen=True, slots=True)
class Outputs:
    """Where the report goes; nothing given is a table for people."""

    json: str | None
    html: Path | None
    pictures: Path | None


def can_draw(outputs: Outputs) -> None:
    """Say at once, not after minutes, that pictures can't be drawn."""
    from streams.evaluation.pictures import PicturesError, check

    if outputs.html is None and outputs.pictures is None:
        return
    try:
        check()
    except PicturesError as error:
        raise SettingsError(str(error)) from None


def write(found: "Evaluation", outputs: Outputs) -> None:
    """The report wherever it was asked to be; the table, unless standard output is the JSON's."""
    import msgspec

    content = msgspec.json.format(msgspec.json.encode(found), indent=1).decode()
    if outputs.json == STDOUT:
        click.echo(content)
    else:
        _tell(found)
    if outputs.json not in (None, STDOUT):
        _written(Path(str(outputs.json)), f"{content}\n".encode())
    if outputs.html:
        from streams.evaluation.page import page

        _written(outputs.html, page(found).encode())
    if outputs.pictures:
        from streams.evaluation.pictures import LIGHT, drawn

        for name, png in drawn(found, LIGHT).items():
            _written(outputs.pictures / f"{name}.png", png)


def _written(path: Path, content: bytes) -> None:
    """A file in a folder that is made where it is missing; its name for people."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise SettingsError(f"{path} can't be written: {error.strerror}") from None
    click.echo(f"wrote {path}", err=True)


def _tell(found: "Evaluation") -> None:
    """The tables for people."""
    from streams.commands.tables import show
    from streams.evaluation import words

    _part("intents, the worst first")
    show(("INTENT", "PRECISION", "RECALL", "F1", "MESSAGES"), words.intents(found))
    if found.confusions:
        _part("most often confused")
        show(("INTENT", "TAKEN FOR", "MESSAGES", "SHARE", "EXAMPLE"), words.confusions(found))
    if found.comparison:
        _part(f"against {found.comparison.other}")
        show(("FIGURE", "CANDIDATE", "OTHER", "DIFFERENCE"), words.differences(found.comparison))
        for note in words.notes(found.comparison):
            click.echo(note)
    _part("in short")
    show(("FIGURE", ""), words.summary(found))


def _part(title: str) -> None:
    """A line over a table."""
    click.echo(f"\n{title}")
