"""What was promised, in rows for people."""

from pathlib import Path
from typing import TypeAlias

from schemas.catalog import Catalog
from streams.evaluation.effects import Effect, Effects
from streams.evaluation.labelled import Messages
from streams.evaluation.promising import Promise, Report
from streams.evaluation.routes import fittable, written

Rows: TypeAlias = list[tuple[str, ...]]
PROMISES = (
    "CLASS OR INTENT",
    "WRONG AT MOST",
    "TODAY",
    "FROM NOW ON",
    "TRIED",
    "ROUTES",
    "WRONG",
    "COULD BE",
    "",
)
EFFECTS = ("CLASS", "ROUTED", "FROM NOW ON", "GAINED", "LOST", "WRONG", "FROM NOW ON")


def promises(report: Report) -> Rows:
    """One row for each class, with its intents that were looked at by themselves."""
    return [
        (
            f"  {each.intent}" if each.intent else str(each.risk),
            f"{each.error:.3g}",
            f"{each.today:.3g}",
            f"{each.confidence:.3g}",
            f"{each.tried:.3g}",
            str(each.routes),
            str(each.wrong),
            f"{each.at_most:.2%}",
            verdict(each, report.effects[0].messages),
        )
        for each in report.promises
    ]


def verdict(each: Promise, messages: int) -> str:
    """What became of a promise, with what it would take where it could not be given."""
    if each.promised:
        return "promised"
    if not each.intents:
        return "each of its intents is promised by itself"
    instead = "counts with its class" if each.intent else _instead(each)
    if each.needed is None:
        return f"no promise, {instead}: too many are wrong even of the surest; more messages would not help"
    whole = f", about {each.needed * messages // each.messages} labelled in all" if each.messages else ""
    has = f"{each.messages} of its messages reach {each.floor:.3g}"
    return f"no promise, {instead}: {has}, about {each.needed} would have to{whole}"


def _instead(each: Promise) -> str:
    if each.confidence > each.today:
        return f"held at {each.confidence:.3g}, as strict as the class below"
    return f"{'stays at' if each.confidence == each.today else 'back to'} {each.confidence:.3g}"


def effects(found: Effects) -> Rows:
    """One row for each class, then all together."""
    return [_effect(each, found.messages) for each in found.of]


def _effect(each: Effect, messages: int) -> tuple[str, ...]:
    return (
        str(each.risk) if each.risk else "all",
        _share(each.before, messages),
        _share(each.after, messages),
        f"+{each.gained}",
        f"-{each.lost}",
        _share(each.wrong_before, each.before),
        _share(each.wrong_after, each.after),
    )


def _share(part: int, whole: int) -> str:
    return f"{part} ({part / whole:.2%})" if whole else "0"


def notes(report: Report, catalog: Catalog, messages: Messages) -> list[str]:
    """What is to be known before a promise is believed."""
    return [
        f"Promised for messages drawn as these were ({messages.source}): for other customers, channels or seasons "
        "label others.",
        *_certainty(report),
        *_learnt(messages),
        *_strange(catalog, messages),
        *_left_out(catalog),
    ]


def _certainty(report: Report) -> list[str]:
    wanted, count = report.wanted, sum(each.promised for each in report.promises)
    if not count:
        return []
    if wanted.together:
        return [f"The promises hold at once, all {count}, with a certainty of {wanted.certainty:.3g}."]
    each = f"Each of the {count} promises holds by itself with a certainty of {wanted.certainty:.3g}"
    return [f"{each}; --family makes all of them hold at once."]


def _learnt(messages: Messages) -> list[str]:
    """A file whose name says that a bundle may have seen it."""
    name = Path(messages.source).stem
    if name == "train":
        return ["If the bundle learnt from these messages, nothing of this holds: take others."]
    if name == "valid":
        return ["If the bundle's temperature was fitted on these messages, others are the safer choice."]
    return []


def _strange(catalog: Catalog, messages: Messages) -> list[str]:
    """Lines that are not what they seem."""
    known = {*catalog.intents, *(alias for each in catalog.intents.values() for alias in each.aliases)}
    foreign = sum(each.intent not in known for each in messages.all)
    texts = [each.text for each in messages.all]
    repeats = len(texts) - len(set(texts))
    said = [f"{foreign} messages mean none of its intents, so that every route of them is wrong."] * bool(
        foreign
    )
    return said + [f"{repeats} texts are repeats; each line counts as a message of its own."] * bool(repeats)


def _left_out(catalog: Catalog) -> list[str]:
    """Routes that no fitted confidence counts for."""
    own = [name for name in catalog.intents if written(catalog, name)]
    never = len(catalog.intents) - len(fittable(catalog)) - len(own)
    above = any(True for name in catalog.intents for _ in catalog.above(name))
    exempt = any(each.examples for each in catalog.intents.values())
    said = []
    if catalog.rules or above or exempt:
        said.append("Promised is what the classifier routes by itself: not what rules, parents, examples do.")
    if own:
        said.append(f"Not fitted, as the catalog has a confidence at them: {', '.join(own)}.")
    if never > 0:
        said.append(f"Not fitted, as they are never routed: {never} intents.")
    return said
