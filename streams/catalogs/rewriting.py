"""The fitted confidences put into a catalog's file, every other line left as it is."""

import shutil
from pathlib import Path

import msgspec
import yaml

from schemas.catalog import Fitted
from schemas.catalog_file import CatalogError, parse, snapshot
from schemas.fitted import intents_sha256
from streams.settings import SettingsError

BLOCK = "fitted"
_WIDTH = 110


def put(path: Path, fitted: Fitted) -> None:
    """The file with these fitted confidences in place of any others; SettingsError where that can't be done."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            text = file.read()
        _exchange(path.resolve(), rewritten(text, fitted))
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise SettingsError(f"{path} can't be rewritten: {why}") from None
    except (CatalogError, SettingsError) as error:
        raise SettingsError(f"{path}: {error}") from None


def rewritten(text: str, fitted: Fitted) -> str:
    """The text of a catalog with another block, proven by reading it again."""
    catalog = parse(text).catalog
    if intents_sha256(catalog) != fitted.intents_sha256:
        raise SettingsError("it has another set of intents than was fitted; fit with --catalog of this file")
    after = _replaced(text, block(fitted))
    wanted = snapshot(msgspec.structs.replace(catalog, fitted=fitted))
    try:
        same = parse(after).hash == wanted.hash
    except CatalogError:
        same = False
    if not same:
        raise SettingsError(
            "it is written so that a block can't be put into it; paste what is printed without --into"
        )
    return after


def block(fitted: Fitted) -> str:
    """The lines of the block."""
    said = {name: each for name, each in msgspec.to_builtins(fitted).items() if each}
    return yaml.safe_dump({BLOCK: said}, sort_keys=False, default_flow_style=None, width=_WIDTH)


def _exchange(path: Path, text: str) -> None:
    """All of the text or, if anything happens meanwhile, all of what was there."""
    beside = path.with_name(f".{path.name}.new")
    beside.write_text(text, encoding="utf-8", newline="")
    shutil.copymode(path, beside)
    beside.replace(path)


def _replaced(text: str, lines: str) -> str:
    """The text with the lines where a block is, else at its end."""
    newline = "\r\n" if "\r\n" in text else "\n"
    ours = lines.replace("\n", newline).splitlines(keepends=True)
    given = text.splitlines(keepends=True)
    found = _place(text)
    if found is None:
        if given and not given[-1].endswith(("\n", "\r")):
            given[-1] += newline
        return "".join([*given, *ours])
    first, last = found
    return "".join([*given[:first], *ours, *given[last + 1 :]])


def _place(text: str) -> tuple[int, int] | None:
    """The first, the last line of the block."""
    node = yaml.compose(text, yaml.SafeLoader)
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    for key, value in pairs:
        if key.value == BLOCK:
            return key.start_mark.line, max(key.end_mark.line, _end(value))
    return None


def _end(node: yaml.Node) -> int:
    """The line where a value ends; a block's own end is where the next thing begins, after any comments."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style:
        parts = [each for item in node.value for each in (item if isinstance(item, tuple) else (item,))]
        return max(map(_end, parts), default=node.start_mark.line)
    mark = node.end_mark
    return mark.line - 1 if mark.column == 0 and mark.line > node.start_mark.line else mark.line
