"""All that can be found wrong with labelled messages, in one report."""

from collections.abc import Sequence
from dataclasses import dataclass

from onnx_models.corpus import easy, labels, messages, overlap, shape, similar
from onnx_models.corpus.findings import Finding, Report
from onnx_models.corpus.messages import Message
from onnx_models.corpus.opinions import Opinions, Vectors, opinions, right
from onnx_models.corpus.profile import Profile
from onnx_models.corpus.vectors import vectors
from onnx_models.network.encoder import Encoder


@dataclass(frozen=True, slots=True)
class Terms:
    """What a set is held to; the accuracy is that of its model, measured on a plain head where it is not known."""

    profile: Profile
    allow_small: bool = False
    accuracy: float | None = None


def lint(found: Sequence[Message], terms: Terms, encoder: Encoder | None) -> Report:
    """Every finding, what needs no encoder first; without an encoder no more than that."""
    report = looked_at(found, terms)
    if encoder is None:
        return report
    deeper = thought_about(found, terms, encoder)
    return Report((*report.findings, *deeper.findings), report.figures | deeper.figures)


def looked_at(found: Sequence[Message], terms: Terms) -> Report:
    """What the messages show as they stand."""
    starts, start_share = shape.starts(found, terms.profile)
    long, long_share = shape.long_ones(found, terms.profile)
    findings = (
        *shape.small(messages.of(found, "train"), terms.profile, terms.allow_small),
        *similar.repeated(found, terms.profile),
        *similar.alike(found, terms.profile),
        *starts,
        *long,
    )
    figures = {
        "messages": len(found),
        "share_same_start": round(start_share, 4),
        "share_long": round(long_share, 4),
    }
    return Report(findings, figures)


def thought_about(found: Sequence[Message], terms: Terms, encoder: Encoder) -> Report:
    """What shows only when the messages are understood."""
    train, test = messages.of(found, "train"), messages.of(found, "test")
    seen = vectors(encoder, train, "encoding train")
    judged = opinions(seen, [message.intent for message in train])
    findings = doubted(train, judged)
    figures = {"accuracy_out_of_fold": round(float((judged.chosen == judged.given).mean()), 4)}
    if test:
        counting = easy.counted(train, test)
        accuracy = terms.accuracy if terms.accuracy is not None else measured(encoder, seen, train, test)
        findings += easy.too_easy(test, counting, accuracy, terms.profile)
        figures |= {"accuracy_tfidf": round(counting, 4), "accuracy_model": round(accuracy, 4)}
    return Report(tuple(findings), figures)


def doubted(train: Sequence[Message], judged: Opinions) -> list[Finding]:
    """Intents that overlap, then labels that are probably wrong."""
    found = overlap.overlaps(judged)
    joined = {frozenset((each.one, each.other)) for each in found}
    return [*overlap.overlapping(train, found), *labels.wrong(train, judged, joined)]


def measured(encoder: Encoder, seen: Vectors, train: Sequence[Message], test: Sequence[Message]) -> float:
    """The accuracy of a plain head on the encoder as it is."""
    others = vectors(encoder, test, "encoding test")
    intents, truth = [message.intent for message in train], [message.intent for message in test]
    return right(seen, intents, others, truth)
