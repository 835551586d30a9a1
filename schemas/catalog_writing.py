"""A catalog written down, so that reading it gives the same again."""

from collections.abc import Iterator
from typing import Any

import msgspec
import yaml
from msgspec import NODEFAULT

from schemas.catalog import Catalog


def write(catalog: Catalog, said: str = "") -> str:
    """YAML without what is as it is by default; what is said of it stands above, as a comment."""
    lines = "".join(f"# {line}\n" for line in said.splitlines())
    return lines + yaml.safe_dump(
        _plain(catalog), sort_keys=False, default_flow_style=None, allow_unicode=True, width=110
    )


def _plain(value: Any) -> Any:
    """Structs as mappings of what was said in them."""
    if isinstance(value, msgspec.Struct):
        return dict(_said(value))
    if isinstance(value, dict):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return msgspec.to_builtins(value)


def _said(struct: msgspec.Struct) -> Iterator[tuple[str, Any]]:
    for field in msgspec.structs.fields(struct):
        value = getattr(struct, field.name)
        default = field.default_factory() if field.default_factory is not NODEFAULT else field.default
        if value != default:
            yield field.encode_name, _plain(value)
