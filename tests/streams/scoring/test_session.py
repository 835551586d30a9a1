"""The network of a bundle, a way out after its first layers among it."""

import msgspec
import numpy as np

from onnx_models.network.transformer import Early, Head, build, features, width
from onnx_models.packing.pack import digests
from streams.scoring.bundles import MODEL, TOKENIZER, Bundle, load, shipped
from streams.scoring.session import NEAR, Network
from tests.onnx_models import tiny

TOKENS = [[2, 5, 9, 3], [2, 7, 3], [2, 12, 6, 6, 14, 3], [2, 20, 18, 3], [2, 3]]
LABELS = ("a", "b", "c")


def network(gap: float) -> Network:
    """A tiny network with a way out for those who lead by the gap."""
    encoder, random = tiny.encoder(layers=3), np.random.default_rng(4)
    weights = [
        random.normal(0, 1, (reads, 3)).astype(np.float32)
        for reads in (features(encoder), 2 * width(encoder))
    ]
    late, first = (Head(each, np.zeros(3, np.float32)) for each in weights)
    model = build(encoder, late, tiny.POSITIONS, early=Early(first, gap)).SerializeToString()
    files = {MODEL: model, TOKENIZER: encoder.tokenizer}
    whole = load(shipped())
    manifest = msgspec.structs.replace(
        whole.manifest, labels=LABELS, files=digests(files), scope=None, first_stage=None
    )
    return Network(Bundle(manifest, whole.digest, files))


def test_a_text_next_to_the_way_out_gets_in_a_batch_exactly_what_it_gets_alone() -> None:
    leads = [network(0.0)._run([tokens])["early"][0, 0] for tokens in TOKENS]
    for place, lead in enumerate(leads):
        asked = network(float(lead) + NEAR / 2)
        together = asked.ask(TOKENS).evidence.logits[place]
        np.testing.assert_array_equal(together, asked.ask([TOKENS[place]]).evidence.logits[0])


def test_a_batch_says_what_each_text_alone_says_whoever_leaves() -> None:
    for gap in (-1e9, 0.3, 1e9):
        asked = network(gap)
        alone = np.concatenate([asked.ask([tokens]).evidence.logits for tokens in TOKENS])
        np.testing.assert_allclose(asked.ask(TOKENS).evidence.logits, alone, atol=1e-4)


def test_what_the_head_reads_is_told_of_those_alone_that_stayed() -> None:
    leads = sorted(float(network(0.0)._run([tokens])["early"][0, 0]) for tokens in TOKENS)
    asked = network(sum(leads[:2]) / 2)
    features = asked.ask(TOKENS).features
    for tokens, row in zip(TOKENS, features, strict=True):
        alone = asked.ask([tokens]).features[0]
        np.testing.assert_allclose(row, alone, atol=1e-4)
        if np.isfinite(row).all():
            np.testing.assert_allclose(row, asked.study([tokens]).features[0], atol=1e-4)
    assert 0 < np.isfinite(features).all(axis=1).sum() < len(TOKENS)
