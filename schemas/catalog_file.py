"""The reading of a catalog's file, strict, with the line of whatever is wrong."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec
import yaml

from schemas.catalog import Catalog, Domain, DomainName, Grade, Intent, Snapshot
from schemas.catalog_faults import Path as Path
from schemas.catalog_faults import faults
from schemas.vocabulary import RiskClass

# What a mapping of the catalog holds, to find the entry that an error is in.
_HOLDS: Final[Mapping[str, Any]] = {"intents": Intent, "classes": Grade, "domains": Domain}
_CALLED: Final[Mapping[str, Any]] = {"classes": RiskClass, "domains": DomainName}
_STEP = re.compile(r"\.([A-Za-z_]\w*)|\[(\d+)\]|(\[\.\.\.\])")


# What the decoder of JSON raises: text that is no UTF-8 has an error of its own.
UNREADABLE: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class CatalogError(ValueError):
    """A catalog that can't be used; says which field is wrong, at which line."""

    def __init__(self, faults: Iterable[tuple[Path, str]], text: str = "") -> None:
        """Every fault with where it is, found again in the text where there is one."""
        self.faults = tuple(faults)
        super().__init__("; ".join(_told(path, fault, text) for path, fault in self.faults))


def parse(text: str) -> Snapshot:
    """Strict: an unknown field, a key given twice, a name that nothing bears are errors."""
    try:
        data = yaml.load(text, StrictLoader)
    except (yaml.YAMLError, RecursionError) as error:
        raise CatalogError([((), f"not valid YAML: {_plainly(error)}")]) from error
    return checked(data, text)


def parse_json(content: bytes) -> Snapshot:
    """The same of JSON, as catalogs are published."""
    try:
        data = msgspec.json.decode(content)
    except UNREADABLE as error:
        raise CatalogError([((), f"not valid JSON: {_plainly(error)}")]) from error
    return checked(data)


def checked(data: Any, text: str = "") -> Snapshot:
    """What was read as a catalog, every name in it held against the others."""
    try:
        catalog = msgspec.convert(data, Catalog)
    except msgspec.ValidationError as error:
        raise CatalogError([_located(error, data)], text) from error
    found = list(faults(catalog))
    if found:
        raise CatalogError(found, text)
    try:
        return snapshot(catalog)
    except UnicodeEncodeError:
        raise CatalogError([((), "half of a character (a surrogate) stands in a text; remove it")]) from None


def snapshot(catalog: Catalog) -> Snapshot:
    """A catalog with the hash of what it says."""
    canonical = msgspec.json.encode(catalog, order="sorted")
    return Snapshot(catalog=catalog, hash=hashlib.sha256(canonical).hexdigest())


def line_of(text: str, path: Path) -> int | None:
    """The line where a field stands, or where the nearest that holds it does."""
    try:
        node = yaml.compose(text, yaml.SafeLoader)
    except yaml.YAMLError:
        return None
    line = None
    for step in path:
        key, node = _inside(node, step)
        if node is None:
            break
        line = (key or node).start_mark.line + 1
    return line


def _inside(node: yaml.Node | None, step: str | int) -> tuple[yaml.Node | None, yaml.Node | None]:
    """The key with the value of a field, or an item of a list."""
    if isinstance(node, yaml.MappingNode):
        return next(((key, value) for key, value in node.value if key.value == str(step)), (None, None))
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return None, node.value[step]
    return None, None


def _told(path: Path, fault: str, text: str) -> str:
    """A fault in a line."""
    where = ".".join(map(str, path)) or "catalog"
    line = line_of(text, path) if text else None
    return f"line {line}: {where}: {fault}" if line else f"{where}: {fault}"


def _plainly(error: Exception) -> str:
    """What is wrong with a text, in one line with its place."""
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        return f"line {error.problem_mark.line + 1}: {error.problem}"
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    return " ".join(str(error).split())


def _located(error: msgspec.ValidationError, data: Any) -> tuple[Path, str]:
    """The path of an error; where msgspec leaves the name of an entry out, the entry that has it."""
    said, _, place = str(error).partition(" - at `")
    path: list[str | int] = []
    for name, number, entry in _STEP.findall(place.rstrip("`")):
        if entry:
            path.append(_entry(path, data))
        else:
            path.append(int(number) if number else name)
    if place.startswith("key`"):
        path.append(_key(path, data))
    unknown = re.search(r"contains unknown field `([^`]+)`", said)
    if unknown and path[-1:] != [unknown[1]]:
        path.append(unknown[1])
    return tuple(path), said


def _entry(path: list[str | int], data: Any) -> str:
    """The first entry of a mapping that can't be read."""
    shape = _HOLDS.get(str(path[-1]), float) if path else float
    return next((name for name, value in _at(path, data).items() if not _reads(value, shape)), "")


def _key(path: list[str | int], data: Any) -> str:
    """The first name in a mapping that can't be one."""
    shape = _CALLED.get(str(path[-1]), str) if path else str
    return str(next((name for name in _at(path, data) if not _reads(name, shape)), ""))


def _at(path: list[str | int], data: Any) -> Any:
    """What lies there."""
    for step in path:
        data = data[step]
    return data


def _reads(value: Any, shape: Any) -> bool:
    try:
        msgspec.convert(value, shape)
    except msgspec.ValidationError:
        return False
    return True


class StrictLoader(yaml.SafeLoader):
    """YAML keeps the last of two equal keys in silence; an operator's slip should not pass that way."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        names: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value in names:
                raise yaml.constructor.ConstructorError(
                    None, None, f"{key.value} is given twice", key.start_mark
                )
            names |= {key.value} if isinstance(key, yaml.ScalarNode) else set()
        return super().construct_mapping(node, deep=deep)

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep=deep)
        except ValueError as error:
            # A date that is none, a number that was said to be one: the loader lets Python's own error pass.
            raise yaml.constructor.ConstructorError(None, None, str(error), node.start_mark) from None
