"""The catalog: the intents a tenant has, what serves them, how sure the machine must be."""

import hashlib
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec
import yaml
from msgspec import Meta

from schemas.events import Target
from schemas.vocabulary import ELSEWHERE, Risk


class CatalogError(ValueError):
    """A catalog that can't be used; says which field is wrong, or at which line."""


class Intent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one intent may do, who serves it, what customers say who want it."""

    risk_class: Risk
    target: Target
    description: Annotated[
        str, Meta(max_length=1000, description="One plain sentence about the customer.")
    ] = ""
    examples: Annotated[
        tuple[Annotated[str, Meta(min_length=1, max_length=4000)], ...],
        Meta(max_length=100, description="Messages; five to ten teach an intent that the model never saw."),
    ] = ()


class Domain(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who is asked about a domain once the broad bundle is sure of it."""

    bundle: Annotated[
        str,
        Meta(min_length=1, description="NAME-VERSION beside the worker's own bundle, or an absolute path."),
    ]
    # Above a half only one domain can be it, so a message has one specialist at most.
    sure: Annotated[
        float,
        Meta(gt=0.5, le=1, description="Probability of the whole domain from which on it is asked."),
    ] = 0.9
    sha256: Annotated[
        Annotated[str, Meta(pattern="^[0-9a-f]{64}$")] | None,
        Meta(description="Pins the bundle by its manifest's hash."),
    ] = None


class Catalog(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything that one tenant's messages are decided under."""

    tenant: Annotated[str, Meta(pattern=r"^[A-Za-z0-9._-]{1,64}(?![\s\S])")]
    intents: Annotated[dict[str, Intent], Meta(min_length=1)]
    threshold: Annotated[
        float, Meta(gt=0, le=1, description="Confidence from which on a message is routed.")
    ] = 0.85
    sink_label: Annotated[str, Meta(min_length=1, description="The scorer's label for none of these.")] = (
        "oos"
    )
    domains: Annotated[
        dict[Annotated[str, Meta(pattern=r"^[^.]+$")], Domain],
        Meta(description="Specialised bundles, by what their intents' names have before the first dot."),
    ] = {}

    def of(self, domain: str) -> dict[str, Intent]:
        """The intents of a domain."""
        return {name: each for name, each in self.intents.items() if name.startswith(f"{domain}.")}


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One version of a catalog; equal content has an equal hash, however it was written down."""

    catalog: Catalog
    hash: str


def parse(text: str) -> Snapshot:
    """Strict: an unknown field, a key given twice, a sink that is also an intent are errors."""
    try:
        catalog = msgspec.convert(yaml.load(text, _StrictLoader), Catalog)
    except yaml.YAMLError as error:
        raise CatalogError(f"catalog is not valid YAML: {error}") from error
    except msgspec.ValidationError as error:
        raise CatalogError(f"catalog: {error}") from error
    if ELSEWHERE in catalog.intents:
        raise CatalogError(
            f"catalog: an intent is called {ELSEWHERE}, which is what no intent is for; rename it"
        )
    if catalog.sink_label in catalog.intents:
        raise CatalogError(f"catalog: sink_label {catalog.sink_label!r} is also an intent")
    for domain in catalog.domains:
        if not catalog.of(domain):
            raise CatalogError(f"catalog: domains.{domain}: no intent is called {domain}.something")
    canonical = msgspec.json.encode(catalog, order="sorted")
    return Snapshot(catalog=catalog, hash=hashlib.sha256(canonical).hexdigest())


class _StrictLoader(yaml.SafeLoader):
    """YAML keeps the last of two equal keys in silence; an operator's slip should not pass that way."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        names = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        if len(set(names)) != len(names):
            raise yaml.constructor.ConstructorError(None, None, "a key is given twice", node.start_mark)
        return super().construct_mapping(node, deep=deep)
