"""Intents of a catalog that a bundle was not trained for, taught to it when it is loaded."""

import hashlib
from collections.abc import Mapping, Sequence
from io import BytesIO

import numpy as np

from processors.angles import Kind, angles
from processors.calibration import DECIMALS, Evidence
from processors.examples import Anchors, Array, Directions, Lesson, Studied, Taught, known, teach, widened
from processors.flow import Likeness, ScoreFailed
from schemas.catalog import Intent
from schemas.manifest import Manifest
from streams.scoring.bundles import ANCHORS, Bundle, BundleError
from streams.scoring.reading import Reader
from streams.scoring.session import Ids, Network

# A description, whatever the angle, tells as much as one or two messages do.
DESCRIPTION = 1.5
# With fewer described intents among the trained ones there is no telling how descriptions differ from messages.
DESCRIBED = 5


class Study:
    """What a bundle's network makes of a catalog's texts; a text is studied once, however often catalogs change.

    What it made of the customers' texts is known until the next ones are scored.
    """

    def __init__(self, network: Network, reader: Reader) -> None:
        """Nothing is studied yet."""
        self._network = network
        self._reader = reader
        self._kept: dict[bytes, Studied] = {}
        self._examples: dict[tuple[str, ...], Array] = {}
        self._customers: frozenset[str] = frozenset()
        self._lately: dict[tuple[int, ...], Array] = {}

    def turn_to(self, texts: Sequence[str]) -> None:
        """These are scored next: the last ones are forgotten, unless it is of them that some are scored again."""
        if not self._customers.issuperset(texts):
            self._customers = frozenset(texts)
            self._lately.clear()

    def note(self, windows: Sequence[Ids], features: Array) -> None:
        """What the head read of these just now, where it read them: of those that left early it is no number."""
        stayed = np.isfinite(features).all(axis=1)
        self._lately.update((tuple(windows[row]), features[row]) for row in np.flatnonzero(stayed).tolist())

    def __call__(self, texts: Sequence[str]) -> Studied:
        """What the network makes of the beginnings of texts, a row for each."""
        found = [self._one(text) for text in texts]
        logits, distance = (
            np.concatenate([getattr(each.evidence, name) for each in found])
            for name in ("logits", "distance")
        )
        return Studied(Evidence(logits, distance), np.concatenate([each.features for each in found]))

    def likeness(
        self, text: str, examples: Mapping[str, Sequence[str]], *, alone: bool
    ) -> tuple[Likeness, ...]:
        """The cosine of a text's sentence vector with that of each intent's nearest example.

        The text goes through the network once more only where that is wished, or nothing is known of it.
        Nothing for a network from before there were sentence vectors, so that its bundle serves on.
        """
        if not self._network.studies:
            return ()
        (read,) = self._reader.read([text])
        if isinstance(read, ScoreFailed):
            return ()
        own = self._sentence(read.windows[0], alone=alone)
        found = []
        for intent, texts in examples.items():
            near = self._sentences(tuple(texts)) @ own
            place = int(near.argmax())
            found.append(Likeness(intent, place, round(float(near[place]), DECIMALS)))
        return tuple(sorted(found, key=lambda each: (-each.likeness, each.intent)))

    def _sentences(self, texts: tuple[str, ...]) -> Array:
        """The sentence vectors of an intent's examples, worked out once."""
        if texts not in self._examples:
            self._examples[texts] = unit(self(texts).features)
        return self._examples[texts]

    def _sentence(self, window: Ids, *, alone: bool) -> Array:
        """The sentence vector of a customer's text."""
        known = self._lately.get(tuple(window))
        if alone or known is None:
            known = self._network.study([window]).features[0]
        return unit(known)

    def _one(self, text: str) -> Studied:
        """Each by itself, so that it never depends on its neighbours."""
        key = hashlib.sha256(text.encode("utf-8", "replace")).digest()
        if key not in self._kept:
            (read,) = self._reader.read([text])
            if isinstance(read, ScoreFailed):
                raise BundleError(f"the catalog's text {text[:60]!r} teaches nothing: {read.detail}")
            self._kept[key] = self._network.study(read.windows[:1])
        return self._kept[key]


def unit(features: Array) -> Array:
    """The sentence vectors: what the head reads of all depths, of length one."""
    vectors: Array = features / np.linalg.norm(features, axis=-1, keepdims=True)
    return vectors


class TaughtNetwork:
    """A network that gives the labels it was taught a logit too, after those that it was trained for."""

    def __init__(self, network: Network, taught: Taught) -> None:
        """The network, what it was taught."""
        self._network = network
        self._taught = taught

    def ask(self, group: Sequence[Ids]) -> Studied:
        """What is known of texts of about one length after one run; raises whatever onnxruntime raises."""
        studied = self._network.study(group)
        return Studied(widened(studied, self._taught), studied.features)


def untrained(intents: Mapping[str, Intent], labels: Sequence[str]) -> dict[str, Intent]:
    """The intents with a description or examples that are no label of the bundle."""
    trained = set(labels)
    return {
        name: each
        for name, each in intents.items()
        if name not in trained and (each.description or each.examples)
    }


def lessons(intents: Mapping[str, Intent], labels: Sequence[str]) -> dict[str, tuple[str, tuple[str, ...]]]:
    """All that teaching depends on: as much of every intent as says something, nothing where nothing is new."""
    if not untrained(intents, labels):
        return {}
    return {name: (each.description, each.examples) for name, each in intents.items()}


def taught(bundle: Bundle, intents: Mapping[str, Intent], study: Study) -> Taught:
    """The bundle's untrained intents, taught by their examples with their descriptions."""
    manifest, new = bundle.manifest, untrained(intents, bundle.manifest.labels)
    if ANCHORS not in bundle.files:
        raise BundleError(
            f"{bundle.name} can't be taught {', '.join(sorted(new))}: it has no {ANCHORS}; train it again, "
            "or take these intents out of the catalog"
        )
    anchors = unpacked(bundle.files[ANCHORS])
    described = any(each.description for each in new.values())
    moved = shifts(anchors, manifest, intents, study) if described else {}
    lessons = [lesson(name, each, moved, study, manifest.temperature) for name, each in sorted(new.items())]
    return teach(anchors, lessons, manifest.temperature)


def lesson(
    name: str, intent: Intent, moved: Mapping[Kind, Array], study: Study, temperature: float
) -> Lesson:
    """An intent's examples, with every angle of its description moved to where messages would be."""
    views = [each for each in angles(name, intent.description) if intent.description and each.kind in moved]
    studied = study([*intent.examples, *(each.text for each in views)])
    features = studied.features.copy()
    for row, view in enumerate(views, start=len(intent.examples)):
        features[row] += moved[view.kind]
    worth = len(intent.examples) + (DESCRIPTION if intent.description else 0)
    return Lesson(name, features, known(studied.evidence.logits, temperature), worth)


def shifts(
    anchors: Anchors, manifest: Manifest, intents: Mapping[str, Intent], study: Study
) -> dict[Kind, Array]:
    """How far messages lie from names, from every angle of a description, where the trained intents can tell."""
    differences: dict[Kind, list[Array]] = {}
    for place, label in enumerate(manifest.labels):
        if manifest.scope is not None and label == manifest.scope.label:
            continue
        intent = intents.get(label)
        middle = anchors.features[anchors.labels == place].mean(axis=0)
        for view in angles(label, intent.description if intent else ""):
            differences.setdefault(view.kind, []).append(middle - study([view.text]).features[0])
    means = {kind: np.mean(each, axis=0) for kind, each in differences.items() if len(each) >= DESCRIBED}
    # What the customer would say needs the least moving: unmoved it is still worth more than without.
    return {Kind.OWN: np.zeros_like(anchors.features[0]), **means}


def unpacked(content: bytes) -> Anchors:
    """The anchors of a bundle."""
    with np.load(BytesIO(content), allow_pickle=False) as packed:
        arrays = {name: packed[name] for name in packed.files}
    directions = None
    if "axes" in arrays:
        directions = Directions(arrays["axes"].astype(np.float32), arrays["centre"])
    features = arrays["codes"] * arrays["scales"]
    return Anchors(features, arrays["known"], arrays["labels"].astype(np.intp), directions)
