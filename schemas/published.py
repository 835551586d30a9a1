"""What travels on the catalog topic: every version, beside the pointer to the one that counts."""

import hashlib
import re
from datetime import datetime
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from schemas.catalog import Catalog

CURRENT: Final = "current"
Hash = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
_KEY: Final = re.compile(rf"([A-Za-z0-9._-]{{1,64}})/({CURRENT}|[0-9a-f]{{64}})")


class Version(msgspec.Struct, frozen=True):
    """A catalog as it was first published; its key is `{tenant}/{hash}`, the hash that of the catalog's bytes."""

    catalog: Catalog
    by: str
    at: datetime
    note: str | None = None
    previous: Annotated[Hash | None, Meta(description="What counted before it was first published.")] = None
    schema: int = 1


class Pointer(msgspec.Struct, frozen=True):
    """Which version counts; its key is `{tenant}/current`, no value means that the tenant is gone."""

    hash: Hash
    previous: Annotated[Hash | None, Meta(description="What counted before; null: nothing.")]
    by: str
    at: datetime
    note: str | None = None
    schema: int = 1


class Stored(msgspec.Struct, frozen=True):
    """A version with its catalog's bytes left as they are, so that they can be held against their hash.

    A later release may give the same bytes another hash, as it knows more fields: what counts is the key.
    """

    catalog: msgspec.Raw
    by: str
    at: datetime
    note: str | None = None
    previous: Hash | None = None

    @property
    def hash(self) -> str:
        """Of the bytes."""
        return hashlib.sha256(bytes(self.catalog)).hexdigest()


def version_key(tenant: str, hash: str) -> bytes:
    """Where a version lies."""
    return f"{tenant}/{hash}".encode()


def pointer_key(tenant: str) -> bytes:
    """Where the pointer of a tenant lies."""
    return f"{tenant}/{CURRENT}".encode()


def read_key(key: bytes | None) -> tuple[str, str] | None:
    """Tenant with hash, or with `current`; None where it is neither."""
    found = _KEY.fullmatch((key or b"").decode("utf-8", "replace"))
    return (found[1], found[2]) if found else None


def written(said: Version | Pointer) -> bytes:
    """The value; a catalog in it stands as it was hashed."""
    return msgspec.json.encode(said, order="sorted")
