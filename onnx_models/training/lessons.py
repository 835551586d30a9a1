"""What is learnt from: messages as tokens, in batches, said anew in every epoch."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

import torch

from onnx_models.corpus.augment import augmented
from onnx_models.corpus.reading import Example
from onnx_models.network.asking import Reader
from onnx_models.network.encoder import Array
from onnx_models.training.head import Targets, targets

# Batches are cut from stretches of this many, sorted by length, so that hardly anything is padding.
STRETCH = 16


@dataclass(frozen=True, slots=True)
class Lesson:
    """Messages as tokens with the labels they should get, with what a teacher says of them where there is one."""

    tokens: Sequence[Sequence[int]]
    targets: Targets
    heard: Array | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """The messages to learn from, said anew in every epoch, so that no slip of the fingers is learnt by heart."""

    reader: Reader
    examples: Sequence[Example]
    labels: Sequence[str]
    seed: int

    def written(self) -> Lesson:
        """The messages as they were written."""
        return self._lesson(self.examples)

    def anew(self, epoch: int) -> Lesson:
        """The messages as they are said in one epoch."""
        return self._lesson(augmented(self.examples, self.seed, epoch))

    def _lesson(self, examples: Sequence[Example]) -> Lesson:
        tokens = [self.reader.read(example.text) for example in examples]
        return Lesson(tokens, targets([example.intent for example in examples], self.labels))


def shuffled(lesson: Lesson, rows: int, chance: random.Random) -> list[list[int]]:
    """The places of all messages in batches of about one length each, in any order."""
    order = list(range(len(lesson.tokens)))
    chance.shuffle(order)
    batches = []
    for start in range(0, len(order), rows * STRETCH):
        stretch = sorted(order[start : start + rows * STRETCH], key=lambda place: len(lesson.tokens[place]))
        batches += [stretch[at : at + rows] for at in range(0, len(stretch), rows)]
    chance.shuffle(batches)
    return batches


def padded(lesson: Lesson, places: Sequence[int]) -> tuple[torch.Tensor, torch.Tensor]:
    """The tokens of some messages with their mask."""
    longest = max(len(lesson.tokens[place]) for place in places)
    ids = torch.zeros(len(places), longest, dtype=torch.long)
    mask = torch.zeros_like(ids)
    for row, place in enumerate(places):
        tokens = lesson.tokens[place]
        ids[row, : len(tokens)] = torch.tensor(tokens)
        mask[row, : len(tokens)] = 1
    return ids, mask
