"""The pictures of an evaluation, drawn for a light or a dark page."""

import importlib.util
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from streams.evaluation.figures import Evaluation
from streams.evaluation.reliability import BINS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PAIRS = 12
DOTS_PER_INCH = 120


class PicturesError(Exception):
    """Pictures can't be drawn; says what to install."""


@dataclass(frozen=True, slots=True)
class Ink:
    """The colours of a page: paper, writing, faint lines, what is drawn, what it is held against."""

    paper: str
    writing: str
    faint: str
    drawn: str
    against: str


LIGHT = Ink("#ffffff", "#1f2328", "#d0d7de", "#0b62c4", "#c2410c")
DARK = Ink("#16191d", "#e6e8ea", "#3a4149", "#6cb2ff", "#ffa657")


def check() -> None:
    """Refuse before any long work where nothing could be drawn."""
    if importlib.util.find_spec("matplotlib") is None:
        raise PicturesError("pictures need matplotlib: pip install intent-stream[report]")


def drawn(found: Evaluation, ink: Ink) -> dict[str, bytes]:
    """Every picture as PNG, by its name."""
    return {name: _png(draw, found, ink) for name, draw in PICTURES.items()}


def reliability(axes: "Axes", found: Evaluation, ink: Ink) -> None:
    """Confidence against accuracy: on the diagonal a probability is what it says."""
    axes.plot([0, 1], [0, 1], color=ink.against, linestyle="--", linewidth=1, label="what it should be")
    confidence = [each.confidence for each in found.reliability]
    accuracy = [each.accuracy for each in found.reliability]
    axes.plot(confidence, accuracy, "o-", color=ink.drawn, label=f"{BINS} bins of equal mass")
    axes.set(xlabel="confidence", ylabel="accuracy", xlim=(0, 1.02), ylim=(0, 1.02))
    axes.set_title(f"Reliability: expected calibration error {found.calibration_error:.4f}")
    _legend(axes, ink)


def coverage(axes: "Axes", found: Evaluation, ink: Ink) -> None:
    """How right the routed ones are, the more of them there are."""
    at = found.at_threshold
    xs = [each.coverage for each in found.curve]
    axes.plot(xs, [each.accuracy for each in found.curve], color=ink.drawn, label="every threshold")
    axes.plot([at.coverage], [at.accuracy], "o", color=ink.against, label=f"threshold {at.threshold:g}")
    axes.set(xlabel="share of in-scope messages routed", ylabel="share of the routed that is right")
    axes.set_xlim(0, 1.02)
    axes.set_title(f"Coverage: {at.coverage:.1%} routed at {at.threshold:g}, {at.accuracy:.1%} right")
    _legend(axes, ink)


def confusions(axes: "Axes", found: Evaluation, ink: Ink) -> None:
    """The pairs most often confused."""
    pairs = found.confusions[:PAIRS][::-1]
    names = [f"{each.intent} \N{RIGHTWARDS ARROW} {each.taken_for}" for each in pairs]
    axes.barh(names, [each.messages for each in pairs], color=ink.drawn)
    axes.set_title("Most often confused" if pairs else "Nothing was confused")
    axes.set_xlabel("messages")
    axes.locator_params(axis="x", integer=True)


PICTURES: Mapping[str, Callable[["Axes", Evaluation, Ink], None]] = {
    "reliability": reliability,
    "coverage": coverage,
    "confusions": confusions,
}


def _png(draw: Callable[["Axes", Evaluation, Ink], None], found: Evaluation, ink: Ink) -> bytes:
    """One picture; no time stamp in it, so that the same figures give the same bytes."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.4, 4.4), facecolor=ink.paper, layout="constrained")
    axes = figure.add_subplot()
    draw(axes, found, ink)
    _coloured(axes, ink)
    return _written(figure)


def _written(figure: "Figure") -> bytes:
    content = io.BytesIO()
    figure.savefig(content, format="png", dpi=DOTS_PER_INCH, metadata={"Software": None})
    return content.getvalue()


def _coloured(axes: "Axes", ink: Ink) -> None:
    """Writing and lines in the page's colours."""
    axes.set_facecolor(ink.paper)
    axes.tick_params(colors=ink.writing, labelsize=8)
    axes.grid(color=ink.faint, linewidth=0.5)
    axes.set_axisbelow(True)
    for text in (axes.title, axes.xaxis.label, axes.yaxis.label):
        text.set_color(ink.writing)
        text.set_fontsize(10)
    for spine in axes.spines.values():
        spine.set_color(ink.faint)


def _legend(axes: "Axes", ink: Ink) -> None:
    axes.legend(loc="lower right", labelcolor=ink.writing, facecolor=ink.paper, edgecolor=ink.faint)
