"""Random catalogs, random messages under them, random opinions of these."""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import msgspec
import numpy as np
from hypothesis import strategies as st

from processors.book import Book, book
from processors.flow import Likeness, Record, ScoreFailed, Scores, Source
from processors.opinions import opinions
from schemas import cloudevents
from schemas.catalog import Catalog, Defaults, Detour, Grade, Intent, OnRuleError, Rule
from schemas.catalog_file import snapshot
from schemas.events import Target
from schemas.vocabulary import Channel, RiskClass, TargetKind

NAMES = ("a", "a.b", "a.b.c", "a.b.d", "a.e", "f", "f.g", "f.h", "i", "j.k")
UNKNOWN, SINK = ("weather", "film"), "oos"
CONDITIONS = (
    "signals.x == true",
    "context.customer.tier == 'gold'",
    "channel == 'chat'",
    "context.system.up == true",
)
WORDS = ("refund", "parcel", "hello", "lamp")
LIMITS = (0.3, 0.5, 0.7, 0.85, 0.9, 1.0)
# So many equal parts make up a text's probabilities: ties are frequent, limits are met exactly.
PARTS = 20

TARGET = st.builds(Target, st.sampled_from(TargetKind), st.sampled_from(["one", "two"]))
DETOUR = Target(TargetKind.WORKFLOW, "detour")


# Every strategy is made once: made anew for each world they take a fifth of a second a world.
# What names another intent is a number, whose remainder says which.
PICK = st.integers(0, 59)
INTENT = st.builds(
    Intent,
    risk_class=st.sampled_from(RiskClass),
    target=TARGET,
    version=st.integers(1, 2),
    confidence=st.none() | st.sampled_from(LIMITS),
    margin=st.none() | st.sampled_from([0.0, 0.1, 0.3]),
    channels=st.sampled_from([(), (), (Channel.CHAT,), (Channel.EMAIL,)]),
    locales=st.sampled_from([(), (), ("de",), ("en",)]),
    always_human=st.sampled_from([False, False, False, True]),
    unsure=st.sampled_from([None, "escalate", "clarify", "policy_agent"]),
    detours=st.sampled_from([(), *((Detour(each, DETOUR),) for each in CONDITIONS)]),
)
INTENTS = st.dictionaries(
    st.sampled_from(NAMES),
    st.tuples(INTENT, st.none() | PICK, st.sampled_from([None, None, None, 0, 1, 2])),
    min_size=1,
)
RULES = st.lists(
    st.tuples(
        st.sampled_from(WORDS[:2]),
        PICK,
        st.lists(st.sampled_from(CONDITIONS), max_size=2),
        st.sampled_from([None, "skip", "escalate"]),
    ),
    max_size=3,
)
DEFAULTS = st.builds(
    Defaults,
    confidence=st.sampled_from(LIMITS),
    margin=st.sampled_from([0.0, 0.2]),
    unsure=st.sampled_from(["escalate", "clarify", "policy_agent"]),
    sink=st.sampled_from(["escalate", "clarify"]),
    policy_agent=st.just("second-look"),
    on_rule_error=st.sampled_from(["escalate", "skip"]),
    band=st.sampled_from([0.0, 0.1, 0.35]),
)
GRADE = st.builds(
    Grade, confidence=st.none() | st.sampled_from(LIMITS), review=st.sampled_from([0.0, 0.5, 1.0])
)
GRADES = st.dictionaries(st.sampled_from(RiskClass), GRADE, max_size=2)
CATALOGS = st.builds(
    lambda intents, rules, ceiling, permitted, locales, defaults, classes: Catalog(
        tenant="default",
        intents=_related(intents),
        ceiling=ceiling,
        permitted=tuple(name for name in permitted if name in intents),
        trusted_sources=("/portal",),
        locales=locales,
        defaults=defaults,
        classes=classes,
        rules=_rules(rules, sorted(intents)),
    ),
    INTENTS,
    RULES,
    st.sampled_from(RiskClass),
    st.lists(st.sampled_from(NAMES), max_size=2),
    st.sampled_from([(), ("en", "de")]),
    DEFAULTS,
    GRADES,
)
KNOWN = (*NAMES, *(f"alias of {name}" for name in NAMES))
MESSAGE = st.fixed_dictionaries(
    {"word": st.sampled_from(WORDS)},
    optional={
        "tenant": st.sampled_from(["default", "default", "default", "nobody"]),
        "channel": st.sampled_from(["chat", "email", "voice"]),
        "locale": st.sampled_from(["en", "de-AT", "fr"]),
        "intent": st.sampled_from([*KNOWN, "weather"]),
        "safety_mode": st.sampled_from([each.value for each in RiskClass]),
        "permissions": st.lists(
            st.sampled_from([*KNOWN, *(each.value for each in RiskClass), "x"]), max_size=2
        ),
        "signals": st.sampled_from([{}, {"x": True}, {"x": False}]),
        "sender": st.sampled_from(["/portal", "/elsewhere"]),
    },
)
LABELS = st.lists(st.sampled_from([*KNOWN, *UNKNOWN]), min_size=1, max_size=8, unique=True)
CUTS = st.lists(st.integers(0, PARTS), min_size=8, max_size=8)
LIKENESS = st.fixed_dictionaries({name: st.sampled_from([0.5, 0.79, 0.8, 0.9]) for name in NAMES})


@dataclass(frozen=True, slots=True)
class World:
    """A tenant's catalog, messages to it by their records, what the model says of each text."""

    book: Book
    records: tuple[Record, ...]
    shares: Mapping[str, tuple[float, ...]]
    labels: tuple[str, ...]
    likeness: Mapping[str, float]


class TremblingScorer:
    """Says what the world says; in a batch the last digits depend on what else is in it, as the network's do."""

    name = "trembling-1"

    def __init__(self, world: World) -> None:
        """A scorer of this world."""
        self.labels = world.labels
        self._world = world

    def score(self, texts: Sequence[str]) -> list[Scores | ScoreFailed]:
        """Alone a text has its own probabilities; with others they are off by up to a millionth."""
        rows = np.array([self._world.shares[text] for text in texts])
        if len(texts) > 1:
            seed = zlib.crc32("|".join(texts).encode())
            rows = rows + np.random.default_rng(seed).uniform(-2e-7, 2e-7, rows.shape)
        return list(opinions(np.clip(rows, 0, 1), self.labels, [False] * len(texts)))


class ListingComparer:
    """How like every text is to each intent's examples."""

    def __init__(self, world: World) -> None:
        """What the world says."""
        self._listed = world.likeness

    def likeness(
        self, text: str, examples: Mapping[str, Sequence[str]], *, alone: bool = False
    ) -> tuple[Likeness, ...]:
        """The nearest first."""
        found = [Likeness(name, 0, self._listed[name]) for name in examples]
        return tuple(sorted(found, key=lambda each: (-each.likeness, each.intent)))


def _related(drawn: Mapping[str, tuple[Intent, int | None, int | None]]) -> dict[str, Intent]:
    """The intents, some under one of those before them, some deprecated in favour of one that is not."""
    names = sorted(drawn)
    lasting = [name for name in names if drawn[name][2] is None]
    found = {}
    for place, name in enumerate(names):
        intent, parent, successor = drawn[name]
        found[name] = msgspec.structs.replace(
            intent,
            parent=names[parent % place] if parent is not None and place else None,
            deprecated=lasting[successor % len(lasting)] if successor is not None and lasting else None,
            aliases=(f"alias of {name}",),
            examples=("an example",) if place % 4 else (),
        )
    return found


def _rules(
    drawn: Sequence[tuple[str, int, list[str], OnRuleError | None]], names: Sequence[str]
) -> tuple[Rule, ...]:
    return tuple(
        Rule(f"r-{place}", names[pick % len(names)], says=(word,), when=tuple(when), on_error=on_error)
        for place, (word, pick, when, on_error) in enumerate(drawn)
    )


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """A catalog with messages to it, of which some model says something."""
    labels = (*draw(LABELS), SINK)
    messages = draw(st.lists(st.tuples(MESSAGE, CUTS), min_size=1, max_size=5))
    texts = [f"{fields['word']} {place}" for place, (fields, _) in enumerate(messages)]
    return World(
        book(snapshot(draw(CATALOGS))),
        tuple(_record(place, texts[place], fields) for place, (fields, _) in enumerate(messages)),
        {text: _shares(cuts[: len(labels) - 1]) for text, (_, cuts) in zip(texts, messages, strict=True)},
        labels,
        draw(LIKENESS),
    )


def _shares(cuts: Sequence[int]) -> tuple[float, ...]:
    """Probabilities that make up one, in a few equal parts."""
    at = [0, *sorted(cuts), PARTS]
    return tuple((after - before) / PARTS for before, after in pairwise(at))


def _record(place: int, text: str, fields: Mapping[str, object]) -> Record:
    sender = fields.get("sender")
    content = {name: value for name, value in fields.items() if name not in ("sender", "word")}
    event = {
        cloudevents.SPECVERSION: "1.0",
        cloudevents.ID: f"e-{place}",
        cloudevents.TYPE: "t",
        cloudevents.SOURCE: sender,
    }
    headers = tuple((name, str(value).encode()) for name, value in event.items()) if sender else ()
    value = msgspec.json.encode({"text": text} | content)
    return Record(Source("messages.inbound", 3, place), b"c-%d" % place, value, headers, 0)
