"""The rules of the house, held against every module of it."""

import ast
import importlib.metadata
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
OUR_NAMES = ("schemas", "processors", "streams", "onnx_models", "tests")
MAY_IMPORT = {
    "schemas": {"schemas"},
    "processors": {"processors", "schemas"},
    "streams": {"streams", "processors", "schemas"},
    "onnx_models": {"onnx_models", "schemas", "processors.text", "processors.calibration"},
}
# What reaches the world, or makes an answer depend on more than its question.
WORLD = {
    "aiohttp", "asyncio", "confluent_kafka", "fakeredis", "faust", "http", "logging", "mode", "multiprocessing",
    "os", "prometheus_client", "purgatory", "random", "redis", "requests", "secrets", "shutil", "signal", "socket",
    "subprocess", "tempfile", "threading", "time", "urllib", "urllib3", "uuid",
}  # fmt: skip
ENVIRONMENT = {"environ", "environb", "getenv", "getenvb", "putenv"}
READER_OF_THE_ENVIRONMENT = Path("streams/settings.py")
# It sets one variable, for a library that reads it while it is loaded.
WRITER_OF_THE_ENVIRONMENT = Path("streams/__init__.py")


def modules(*rooms: str) -> list[Path]:
    """Every module of these rooms, by its path from the root."""
    return [path.relative_to(ROOT) for room in rooms for path in sorted((ROOT / room).rglob("*.py"))]


def imports(tree: ast.AST) -> Iterator[str]:
    """Every name that is imported, at the top or inside a function, by statement or by call."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from (each.name for each in names)
            case ast.ImportFrom(module=str(module), level=0, names=names):
                yield from (f"{module}.{each.name}" for each in names)
            case ast.ImportFrom(level=level) if level:
                yield "." * level
            case ast.Call(
                func=ast.Name(id="__import__" | "import_module"), args=[ast.Constant(value=str(name)), *_]
            ):
                yield name
            case ast.Call(func=ast.Attribute(attr="import_module"), args=[ast.Constant(value=str(name)), *_]):
                yield name


def strangers(source: str, room: str) -> list[str]:
    """What a module of the room imports from rooms it may not know."""
    allowed = MAY_IMPORT[room]
    return [
        name
        for name in imports(ast.parse(source))
        if name.startswith(".") or (name.split(".")[0] in OUR_NAMES and not _within(name, allowed))
    ]


def readings_of_the_environment(source: str) -> list[str]:
    """Where a module looks at os.environ, by whatever name."""
    tree = ast.parse(source)
    touched = [node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    imported = [name.removeprefix("os.") for name in imports(tree) if name.startswith("os.")]
    return [name for name in touched + imported if name in ENVIRONMENT]


def doors_to_the_world(source: str) -> list[str]:
    """What a module imports of that which a pure step must not know."""
    return [name for name in imports(ast.parse(source)) if name.split(".")[0] in WORLD]


@pytest.mark.parametrize("path", modules(*MAY_IMPORT), ids=str)
def test_imports_go_one_way(path: Path) -> None:
    assert strangers((ROOT / path).read_text(), path.parts[0]) == []


@pytest.mark.parametrize("path", modules("schemas", "processors"), ids=str)
def test_pure_rooms_have_no_door_to_the_world(path: Path) -> None:
    assert doors_to_the_world((ROOT / path).read_text()) == []


@pytest.mark.parametrize("path", modules("schemas", "processors", "streams"), ids=str)
def test_the_environment_is_read_in_one_place(path: Path) -> None:
    if path not in (READER_OF_THE_ENVIRONMENT, WRITER_OF_THE_ENVIRONMENT):
        assert readings_of_the_environment((ROOT / path).read_text()) == []


@pytest.mark.parametrize("path", modules(*OUR_NAMES), ids=str)
def test_every_module_opens_with_a_sentence(path: Path) -> None:
    said = ast.get_docstring(ast.parse((ROOT / path).read_text()))
    assert said, "no docstring"
    assert said.splitlines()[0].endswith("."), said


def test_our_names_clash_with_no_distribution() -> None:
    owners = importlib.metadata.packages_distributions()
    clashes = {name: set(owners.get(name, ())) - {"intent-stream"} for name in OUR_NAMES}
    assert {name: whose for name, whose in clashes.items() if whose} == {}


@pytest.mark.parametrize(
    "source",
    [
        "import streams.settings",
        "from streams import settings",
        "def f():\n    from streams.settings import Settings",
        "import importlib\nimportlib.import_module('streams.cli')",
        "from . import flow",
        "import onnx_models",
    ],
)
def test_a_forbidden_import_is_seen(source: str) -> None:
    assert strangers(source, "processors")


@pytest.mark.parametrize(
    "source", ["import os\nos.environ['A']", "from os import environ", "import os as o\no.getenv('A')"]
)
def test_a_look_at_the_environment_is_seen(source: str) -> None:
    assert readings_of_the_environment(source)


@pytest.mark.parametrize(
    "source", ["import time", "from os import path", "def f():\n    import asyncio.tasks"]
)
def test_a_door_to_the_world_is_seen(source: str) -> None:
    assert doors_to_the_world(source)


def _within(name: str, allowed: set[str]) -> bool:
    return any(name == each or name.startswith(f"{each}.") for each in allowed)
