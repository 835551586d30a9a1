"""The reading of a catalog's file, strict, with the line of whatever is wrong."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, TypeAlias

import msgspec
import yaml

from schemas.catalog import Catalog, Domain, Grade, Intent, Snapshot
from schemas.vocabulary import ELSEWHERE, RiskClass

Path: TypeAlias = tuple[str | int, ...]
# What a mapping of the catalog holds, to find the entry that an error is in.
_HOLDS: Final[Mapping[str, Any]] = {"intents": Intent, "classes": Grade, "domains": Domain}
_STEP = re.compile(r"\.([A-Za-z_]\w*)|\[(\d+)\]|(\[\.\.\.\])")


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
    except yaml.YAMLError as error:
        raise CatalogError([((), f"not valid YAML: {error}")]) from error
    return checked(data, text)


def parse_json(content: bytes) -> Snapshot:
    """The same of JSON, as catalogs are published."""
    try:
        data = msgspec.json.decode(content)
    except msgspec.DecodeError as error:
        raise CatalogError([((), f"not valid JSON: {error}")]) from error
    return checked(data)


def checked(data: Any, text: str = "") -> Snapshot:
    """What was read as a catalog, every name in it held against the others."""
    try:
        catalog = msgspec.convert(data, Catalog)
    except msgspec.ValidationError as error:
        raise CatalogError([_located(error, data)], text) from error
    faults = list(_faults(catalog))
    if faults:
        raise CatalogError(faults, text)
    return snapshot(catalog)


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


def _located(error: msgspec.ValidationError, data: Any) -> tuple[Path, str]:
    """The path of an error; where msgspec leaves the name of an entry out, the entry that has it."""
    said, _, place = str(error).partition(" - at `$")
    path: list[str | int] = []
    for name, number, entry in _STEP.findall(place.rstrip("`")):
        if entry:
            path.append(_entry(path, data))
        else:
            path.append(int(number) if number else name)
    unknown = re.search(r"contains unknown field `([^`]+)`", said)
    if unknown and path[-1:] != [unknown[1]]:
        path.append(unknown[1])
    return tuple(path), said


def _entry(path: list[str | int], data: Any) -> str:
    """The first entry of a mapping that can't be read."""
    for step in path:
        data = data[step]
    shape = _HOLDS.get(str(path[-1])) if path else None
    for name, value in data.items():
        if not isinstance(name, str) or not _reads(value, shape) or not _names(path, name):
            return str(name)
    return next(map(str, data), "")


def _reads(value: Any, shape: Any) -> bool:
    try:
        msgspec.convert(value, shape or float)
    except msgspec.ValidationError:
        return False
    return True


def _names(path: list[str | int], name: str) -> bool:
    return path[-1] != "classes" or name in set(RiskClass)


def _faults(catalog: Catalog) -> Iterator[tuple[Path, str]]:
    """Whatever names something that is not there, or says two things at once."""
    yield from _name_faults(catalog)
    for name in catalog.intents:
        yield from _intent_faults(catalog, name)
    yield from _rule_faults(catalog)
    for place, name in enumerate(catalog.permitted):
        if name not in catalog.intents:
            yield ("permitted", place), f"no intent is called {name}"
    for domain in catalog.domains:
        if not catalog.of(domain):
            yield ("domains", domain), f"no intent is called {domain}.something"
    if catalog.defaults.unsure == "policy_agent" and not catalog.defaults.policy_agent:
        yield ("defaults", "unsure"), "which one? name it as defaults.policy_agent"


def _name_faults(catalog: Catalog) -> Iterator[tuple[Path, str]]:
    """Every name means one thing."""
    if ELSEWHERE in catalog.intents:
        yield ("intents", ELSEWHERE), "that is what no intent is for; rename it"
    if catalog.sink_label in catalog.intents:
        yield ("sink_label",), f"{catalog.sink_label!r} is also an intent"
    names = Counter([*catalog.intents, catalog.sink_label, ELSEWHERE])
    names += Counter(alias for each in catalog.intents.values() for alias in each.aliases)
    for name, each in catalog.intents.items():
        for place, alias in enumerate(each.aliases):
            if names[alias] > 1:
                yield ("intents", name, "aliases", place), f"{alias!r} is also the name of something else"


def _intent_faults(catalog: Catalog, name: str) -> Iterator[tuple[Path, str]]:
    """What an intent names has to be there."""
    intent, at = catalog.intents[name], ("intents", name)
    if intent.parent is not None and intent.parent not in catalog.intents:
        yield (*at, "parent"), f"no intent is called {intent.parent}"
    try:
        list(catalog.above(name))
    except ValueError as error:
        yield (*at, "parent"), str(error)
    if intent.deprecated is not None:
        successor = catalog.intents.get(intent.deprecated)
        if successor is None:
            yield (*at, "deprecated"), f"its successor {intent.deprecated} is no intent"
        elif successor.deprecated is not None:
            yield (*at, "deprecated"), f"its successor {intent.deprecated} is deprecated itself"
    if intent.unsure == "policy_agent" and not catalog.defaults.policy_agent:
        yield (*at, "unsure"), "which one? name it as defaults.policy_agent"


def _rule_faults(catalog: Catalog) -> Iterator[tuple[Path, str]]:
    """A rule has a name of its own, an intent, a condition."""
    names = Counter(rule.name for rule in catalog.rules)
    for place, rule in enumerate(catalog.rules):
        if names[rule.name] > 1:
            yield ("rules", place, "name"), f"two rules are called {rule.name}"
        if rule.intent not in catalog.intents:
            yield ("rules", place, "intent"), f"no intent is called {rule.intent}"
        if not rule.says and not rule.when:
            yield ("rules", place), "a rule needs a condition: says, when"


class StrictLoader(yaml.SafeLoader):
    """YAML keeps the last of two equal keys in silence; an operator's slip should not pass that way."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        names = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        if len(set(names)) != len(names):
            raise yaml.constructor.ConstructorError(None, None, "a key is given twice", node.start_mark)
        return super().construct_mapping(node, deep=deep)
