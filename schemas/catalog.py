"""The catalog: the intents a tenant has, what serves them, what the machine may do alone."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from schemas.events import Target
from schemas.vocabulary import Channel, Kind, RiskClass

Share = Annotated[float, Meta(ge=0, le=1)]
Sure = Annotated[float, Meta(gt=0, le=1)]
Text = Annotated[str, Meta(min_length=1, max_length=4000)]
Locale = Annotated[
    str, Meta(min_length=1, max_length=35, description="Language tag such as `en` or `de-AT`.")
]
Count = Annotated[int, Meta(ge=1)]
_BY_RISK = {"propertyNames": {"enum": [str(each) for each in RiskClass]}}
Fact = Annotated[str, Meta(pattern=r"^[A-Za-z0-9._-]{1,128}(?![\s\S])")]

DomainName = Annotated[str, Meta(pattern=r"^[^.]+$")]

CONFIDENCE, MARGIN = 0.85, 0.0
# So much of a hash is shown to people.
SHORT = 12
Unsure = Literal["escalate", "clarify", "policy_agent"]
OnRuleError = Literal["escalate", "skip"]
OnModelDown = Literal["wait", "escalate"]


class Detour(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Another target for as long as a condition holds, such as an agent pool that is closed."""

    when: Annotated[Text, Meta(description="CEL over text, channel, locale, signals, context.")]
    target: Annotated[Target, Meta(description="Who serves the intent while it holds.")]


class Intent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one intent may do, who serves it, how sure the machine must be, what customers say who want it."""

    risk_class: Annotated[RiskClass, Meta(description="What it may do to the world.")]
    target: Annotated[Target, Meta(description="Who serves it.")]
    description: Annotated[
        str, Meta(max_length=1000, description="One plain sentence about the customer.")
    ] = ""
    examples: Annotated[
        tuple[Text, ...],
        Meta(max_length=100, description="Messages; five to ten teach an intent that the model never saw."),
    ] = ()
    parent: Annotated[
        str | None,
        Meta(
            description="Default: the longest beginning of its own name, up to a dot, that is an intent too."
        ),
    ] = None
    aliases: Annotated[
        tuple[Text, ...], Meta(description="Other names under which callers or bundles know it.")
    ] = ()
    version: Annotated[int, Meta(ge=1, description="Of its template; of equals the newest wins.")] = 1
    slots: Annotated[tuple[Text, ...], Meta(description="Entities that its workflow can't do without.")] = ()
    confidence: Annotated[
        Sure | None,
        Meta(description="From which on it is routed; default: its parent's, its class's, the tenant's."),
    ] = None
    margin: Annotated[Share | None, Meta(description="Lead over the second; inherited alike.")] = None
    channels: Annotated[
        tuple[Channel, ...], Meta(description="Only where it was written; none: anywhere.")
    ] = ()
    locales: Annotated[tuple[Locale, ...], Meta(description="Only in these languages; none: any.")] = ()
    always_human: Annotated[bool, Meta(description="Goes to a person, however sure the machine is.")] = False
    deprecated: Annotated[
        Text | None, Meta(description="The intent that takes its place; it is refused naming that.")
    ] = None
    priority: Annotated[int, Meta(ge=0, le=9, description="0 is normal; the higher, the sooner.")] = 0
    unsure: Annotated[Unsure | None, Meta(description="What is done below confidence or margin.")] = None
    detours: Annotated[tuple[Detour, ...], Meta(description="The first whose condition holds counts.")] = ()


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An intent that is told without the model, wherever every condition holds."""

    name: Annotated[
        str, Meta(pattern=r"^[A-Za-z0-9._-]{1,64}(?![\s\S])", description="Of its own; it is in the audit.")
    ]
    intent: Annotated[str, Meta(min_length=1, description="Which intent it tells.")]
    says: Annotated[
        tuple[Text, ...], Meta(description="One of these phrases stands in the text, in any case.")
    ] = ()
    when: Annotated[
        tuple[Text, ...],
        Meta(description="CEL over text, channel, locale, signals, context; all must be true."),
    ] = ()
    channels: Annotated[tuple[Channel, ...], Meta(description="None: wherever it was written.")] = ()
    locales: Annotated[tuple[Locale, ...], Meta(description="None: in any language.")] = ()
    on_error: Annotated[
        OnRuleError | None,
        Meta(description="What is done where it can't be evaluated; default: the tenant's."),
    ] = None


class Grade(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What holds for all intents of one risk class."""

    confidence: Annotated[
        Sure | None, Meta(description="From which on such an intent is routed; default: the tenant's.")
    ] = None
    margin: Annotated[Share | None, Meta(description="Lead over the second; default: the tenant's.")] = None
    steps: Annotated[
        Count | None, Meta(description="How many steps a workflow or agent may take; none: its own limit.")
    ] = None
    review: Annotated[
        Share, Meta(description="Share of routed messages that a person looks at afterwards.")
    ] = 0.0


class Defaults(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What holds where nothing nearer says otherwise."""

    confidence: Annotated[Sure, Meta(description="From which on a message is routed.")] = CONFIDENCE
    margin: Annotated[Share, Meta(description="Lead over the second from which on it is routed.")] = MARGIN
    unsure: Annotated[Unsure, Meta(description="What is done below either.")] = "escalate"
    sink: Annotated[
        Literal["escalate", "clarify"], Meta(description="What is done with what no intent is for.")
    ] = "escalate"
    policy_agent: Annotated[
        Text | None, Meta(description="Who gets what is unsure, where `unsure` says so.")
    ] = None
    on_rule_error: Annotated[
        OnRuleError, Meta(description="What is done where a condition can't be evaluated.")
    ] = "escalate"
    on_model_down: Annotated[
        OnModelDown | None, Meta(description="Default: the worker's own INTENTS_ON_MODEL_DOWN.")
    ] = None
    band: Annotated[
        Share,
        Meta(
            description="How far below its confidence a message is still compared with the examples; 0: never."
        ),
    ] = 0.35
    # Hardly less than the same words: of 63 validation messages in the band the classifier's best was right 35 times,
    # the nearest of ten examples an intent 23 times, 3 times of 5 from .7 on; .75 was reached twice.
    near: Annotated[
        Sure, Meta(description="Likeness from which on a message means the same as an example.")
    ] = 0.8


class Facts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which facts rules may use beside the customer's: `ctx:{tenant}:system:{name}`, `ctx:{tenant}:stock:{name}`."""

    system: Annotated[tuple[Fact, ...], Meta(description="Read as `context.system.NAME`.")] = ()
    stock: Annotated[tuple[Fact, ...], Meta(description="Read as `context.stock.NAME`.")] = ()


class Quota(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much of the machine a tenant may have; what is more waits in the deferred lane."""

    per_second: Annotated[float, Meta(gt=0, le=1_000_000, description="Messages, lasting.")]
    burst: Annotated[Count | None, Meta(description="Messages at once; default: those of a second.")] = None


class Fitted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Confidences with a promise, as `intents thresholds fit` found them, for one bundle, one set of intents."""

    bundle: Annotated[str, Meta(min_length=1, description="The bundle that they hold for.")]
    intents_sha256: Annotated[
        str, Meta(pattern="^[0-9a-f]{64}$", description="The set of intents that they hold for.")
    ]
    error: Annotated[
        Sure, Meta(description="The share of wrong routes that the least risky class does not exceed.")
    ]
    certainty: Annotated[Sure, Meta(description="How sure each promise is, or all of them are together.")]
    classes: Annotated[
        dict[RiskClass, Sure], Meta(description="By risk class.", extra_json_schema=_BY_RISK)
    ] = {}
    intents: Annotated[dict[str, Sure], Meta(description="By intent; these count before their class's.")] = {}
    together: Annotated[bool, Meta(description="Whether all promises hold at once with that certainty.")] = (
        False
    )
    errors: Annotated[
        dict[RiskClass, Sure],
        Meta(
            description="The share of each class, where riskier ones have less.", extra_json_schema=_BY_RISK
        ),
    ] = {}
    unpromised: Annotated[
        tuple[RiskClass, ...],
        Meta(description="Those of the classes that are only as strict as the one below, without a promise."),
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

    tenant: Annotated[
        str, Meta(pattern=r"^[A-Za-z0-9._-]{1,64}(?![\s\S])", description="Whose messages it is for.")
    ]
    intents: Annotated[dict[str, Intent], Meta(min_length=1, description="What customers want, by name.")]
    ceiling: Annotated[
        RiskClass, Meta(description="The highest risk that is ever taken without a permission.")
    ] = RiskClass.DELEGATED
    permitted: Annotated[
        tuple[str, ...],
        Meta(description="Intents that may be done although their risk is above the ceiling."),
    ] = ()
    trusted_sources: Annotated[
        tuple[Text, ...],
        Meta(description="Senders (`ce_source`) whose messages' permissions count."),
    ] = ()
    locales: Annotated[
        tuple[Locale, ...],
        Meta(
            description="Languages that are served; the first is meant where a message names none; none: any."
        ),
    ] = ()
    defaults: Annotated[Defaults, Meta(description="What holds where nothing nearer says otherwise.")] = (
        Defaults()
    )
    classes: Annotated[
        dict[RiskClass, Grade],
        Meta(description="What holds for all intents of a risk class.", extra_json_schema=_BY_RISK),
    ] = {}
    rules: Annotated[
        tuple[Rule, ...], Meta(description="Asked before the model; of several that hold the most special.")
    ] = ()
    facts: Annotated[Facts, Meta(description="What conditions may know beside the customer.")] = Facts()
    quota: Annotated[Quota | None, Meta(description="How much of the machine it may have; none: all.")] = None
    fitted: Annotated[
        Fitted | None, Meta(description="Written by `intents thresholds fit`, not by hand.")
    ] = None
    sink_label: Annotated[str, Meta(min_length=1, description="The scorer's label for none of these.")] = (
        "oos"
    )
    domains: Annotated[
        dict[DomainName, Domain],
        Meta(description="Specialised bundles, by what their intents' names have before the first dot."),
    ] = {}

    def of(self, domain: str) -> dict[str, Intent]:
        """The intents of a domain, without the domain's own."""
        return {name: each for name, each in self.intents.items() if name.startswith(f"{domain}.")}

    def parent(self, name: str) -> str | None:
        """The intent that another is a kind of."""
        given = self.intents[name].parent
        if given is not None:
            return given
        beginnings = (name.rsplit(".", place)[0] for place in range(1, name.count(".") + 1))
        return next((each for each in beginnings if each in self.intents), None)

    def above(self, name: str) -> Iterator[str]:
        """The parent, its parent, and so on; raises ValueError where that never ends."""
        seen = {name}
        parent = self.parent(name)
        while parent is not None:
            if parent in seen:
                raise ValueError(f"{name} is above itself")
            seen.add(parent)
            yield parent
            parent = self.parent(parent) if parent in self.intents else None

    @property
    def leaves(self) -> dict[str, Intent]:
        """The intents that no other is a kind of: what a bundle can know or be taught."""
        parents = {self.parent(name) for name in self.intents}
        return {name: each for name, each in self.intents.items() if name not in parents}


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One version of a catalog; equal content has an equal hash, however it was written down."""

    catalog: Catalog
    hash: str


UNSURE: Mapping[str, Kind] = {"escalate": Kind.ESCALATED, "clarify": Kind.CLARIFY}
