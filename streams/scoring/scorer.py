"""The scorer that asks a bundle's network."""

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import replace

import numpy as np

from processors.calibration import Evidence, calibration, honest, together
from processors.flow import Likeness, ScoreFailed, Scores
from processors.opinions import opinions
from processors.score import ModelDown
from processors.scorer import Scorer
from schemas.catalog import Intent
from streams.scoring import golden
from streams.scoring.bundles import ANCHORS, Bundle
from streams.scoring.examples import Study, TaughtNetwork, lessons, taught
from streams.scoring.first_stage import FirstStage
from streams.scoring.hasty import HastyScorer
from streams.scoring.providers import CPU, Provider
from streams.scoring.reading import Read, Reader
from streams.scoring.runs import runs
from streams.scoring.session import Ids, Network

UNTAUGHT: Mapping[str, Intent] = {}
NOT_FINITE = ScoreFailed("the model gave no finite probabilities")


class OnnxScorer:
    """Scores texts with a bundle on one thread; the same text gets the same opinions alone or in any batch."""

    def __init__(
        self,
        bundle: Bundle,
        first_stage: bool = True,
        intents: Mapping[str, Intent] = UNTAUGHT,
        provider: Provider = CPU,
    ) -> None:
        """Load the network; its golden texts are scored before anything else is, by itself.

        Intents with examples or a description that are no label of the bundle are taught to it.
        """
        manifest = bundle.manifest
        self.name = bundle.name
        self.labels = manifest.labels
        self._calibration = calibration(manifest.labels, manifest.temperature, manifest.scope)
        self._reader = Reader(bundle)
        self._bare = Network(bundle, provider)
        self._network: Network | TaughtNetwork = self._bare
        self._first: FirstStage | None = None
        self._study = Study(self._bare, self._reader)
        # Golden texts are the bundle's own: nobody need be asked for half a second which language they are in.
        with self._reader.trusting():
            golden.verify(bundle, self)
        self._bare_first = FirstStage(bundle) if first_stage and manifest.first_stage else None
        # Of the files only what teaching needs is kept: the network's would be 58 MB beside itself.
        anchors = {ANCHORS: bundle.files[ANCHORS]} if ANCHORS in bundle.files else {}
        self._bundle = replace(bundle, files=anchors)
        self._teach(intents)

    def retaught(self, intents: Mapping[str, Intent]) -> "OnnxScorer":
        """Itself where these teach it nothing else, else one that shares all with it but what it was taught.

        Nothing is loaded again, texts that were studied are not studied again.
        """
        if lessons(intents, self._bundle.manifest.labels) == self._lessons:
            return self
        other = copy(self)
        other._teach(intents)
        return other

    def _teach(self, intents: Mapping[str, Intent]) -> None:
        """Know those of the intents that the bundle does not."""
        self.labels = self._bundle.manifest.labels
        self._lessons = lessons(intents, self.labels)
        self._network, self._first = self._bare, self._bare_first
        if self._lessons:
            more = taught(self._bundle, intents, self._study)
            # The first stage knows nothing of what was taught, so all is left to the network.
            self._network, self._first = TaughtNetwork(self._bare, more), None
            self.labels += more.labels

    def score(self, texts: Sequence[str]) -> list[Scores | ScoreFailed]:
        """The opinions of every text, in their order."""
        self._study.turn_to(texts)
        results = dict[int, Scores | ScoreFailed | Read](enumerate(self._reader.read(texts)))
        waiting = {place: each for place, each in results.items() if isinstance(each, Read)}
        if self._first is not None:
            decided = self._first.decided(texts, waiting)
            results.update(decided)
            waiting = {place: each for place, each in waiting.items() if place not in decided}
        results.update(zip(waiting, self._asked(list(waiting.values())), strict=True))
        return [each for each in results.values() if not isinstance(each, Read)]

    def in_haste(self, otherwise: Scorer) -> Scorer | None:
        """The first stage alone, what it can't read left to another; None where it does not know all intents."""
        return None if self._first is None else HastyScorer(otherwise, self._reader, self._first)

    def give_up(self) -> None:
        """Let whatever runs in the thread that last began fail soon."""
        self._bare.give_up()

    def begin(self) -> None:
        """What this thread does from here on is wanted."""
        self._bare.begin()

    def likeness(
        self, text: str, examples: Mapping[str, Sequence[str]], *, alone: bool = False
    ) -> tuple[Likeness, ...]:
        """How like a text is to the nearest of each intent's examples, best first; nothing where it can't be read."""
        return self._study.likeness(text, examples, alone=alone)

    def _asked(self, reads: Sequence[Read]) -> list[Scores | ScoreFailed]:
        """The opinions of texts that have been read: the windows of all of them go through the network together."""
        if not reads:
            return []
        evidence, failures = self._evidence([window for each in reads for window in each.windows])
        shares = honest(together(evidence, [each.lengths for each in reads]), self._calibration)
        found: list[Scores | ScoreFailed] = list(
            opinions(shares, self.labels, [each.truncated for each in reads])
        )
        ends = np.cumsum([len(each.windows) for each in reads])
        for text in np.flatnonzero(~np.isfinite(shares).all(axis=1)).tolist():
            own = range(ends[text] - len(reads[text].windows), ends[text])
            found[text] = next((failures[place] for place in own if place in failures), NOT_FINITE)
        return found

    def _evidence(self, windows: Sequence[Ids]) -> tuple[Evidence, dict[int, ScoreFailed]]:
        """What the network says of windows, those of about one length in one run; no number where it failed."""
        shape = (len(windows), len(self.labels))
        found = Evidence(np.full(shape, np.nan, np.float32), np.full(shape[:1], np.nan, np.float32))
        failures: dict[int, ScoreFailed] = {}
        for places in runs([len(window) for window in windows]):
            try:
                self._run(windows, places, found)
            except Exception:  # onnxruntime's errors share no base class
                failures |= self._one_by_one(windows, places, found)
        return found, failures

    def _run(self, windows: Sequence[Ids], places: list[int], found: Evidence) -> None:
        """Put in place what one run says of some windows."""
        group = [windows[place] for place in places]
        said = self._network.ask(group)
        self._study.note(group, said.features)
        found.logits[places], found.distance[places] = said.evidence.logits, said.evidence.distance

    def _one_by_one(
        self, windows: Sequence[Ids], places: list[int], found: Evidence
    ) -> dict[int, ScoreFailed]:
        """Put in place what each window of a run that failed gets alone; the failures of the others."""
        failures = {}
        for place in places:
            try:
                self._run(windows, [place], found)
            except Exception as error:
                failures[place] = self._failed(windows[place], error)
        return failures

    def _failed(self, window: Ids, error: Exception) -> ScoreFailed:
        """This window's failure, if the network still answers to an empty one."""
        try:
            self._network.ask([[window[0], window[-1]]])
        except Exception as again:
            raise ModelDown(f"{self.name}: {again}") from again
        return ScoreFailed(f"the model failed on this text: {type(error).__name__}")
