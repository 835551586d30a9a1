"""A network runs where it was asked to, or nowhere."""

import numpy as np
import onnxruntime
import pytest

from streams.operations.checks.model import look
from streams.ready import load_scorer
from streams.scoring.bundles import MODEL, Bundle, BundleError, load, shipped
from streams.scoring.providers import CPU, CUDA, OPENVINO, Provider, opened, provider
from streams.settings import SettingsError, read
from tests.onnx_models import loud

AVAILABLE = onnxruntime.get_available_providers()


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    return load(shipped())


def test_the_processor_is_always_there(bundle: Bundle) -> None:
    session = opened(bundle, bundle.files[MODEL], provider("cpu"))
    assert session.get_providers() == ["CPUExecutionProvider"]


def test_no_product_overflows_in_a_worker_on_any_processor(bundle: Bundle) -> None:
    session = opened(bundle, loud.loud().SerializeToString(), CPU)
    np.testing.assert_allclose(session.run(["sum"], loud.FEEDS)[0], loud.SUM, rtol=1e-5)


@pytest.mark.parametrize("other", [OPENVINO, CUDA], ids=lambda each: each.name)
def test_a_provider_that_is_not_installed_is_refused_with_what_to_install(other: Provider) -> None:
    if other.known_as in AVAILABLE:
        pytest.skip(f"{other.distribution} is installed here")
    with pytest.raises(
        BundleError, match=rf"INTENTS_PROVIDER={other.name}: .*pip install {other.distribution}"
    ):
        provider(other.name)


@pytest.mark.parametrize("other", [OPENVINO, CUDA], ids=lambda each: each.name)
def test_a_network_never_falls_back_to_the_processor(bundle: Bundle, other: Provider) -> None:
    """Asked past the first check, as on a machine whose onnxruntime has the provider but no device for it."""
    if other.known_as in AVAILABLE:
        pytest.skip(f"{other.distribution} is installed here")
    with pytest.raises(BundleError, match=rf"does not run on {other.known_as}"):
        opened(bundle, bundle.files[MODEL], other)


def test_a_worker_refuses_to_start_where_its_provider_is_missing() -> None:
    if CUDA.known_as in AVAILABLE:
        pytest.skip("onnxruntime-gpu is installed here")
    with pytest.raises(SettingsError, match="INTENTS_PROVIDER=cuda"):
        load_scorer(read({"INTENTS_PROVIDER": "cuda"}))


def test_the_check_finds_a_missing_provider() -> None:
    if CUDA.known_as in AVAILABLE:
        pytest.skip("onnxruntime-gpu is installed here")
    finding = look(read({"INTENTS_PROVIDER": "cuda"}))[0]
    assert finding.state == "wrong"
    assert "pip install onnxruntime-gpu" in finding.text


def test_an_unknown_provider_is_named() -> None:
    with pytest.raises(SettingsError, match="INTENTS_PROVIDER"):
        read({"INTENTS_PROVIDER": "tpu"})


def test_what_is_no_network_is_refused_by_name(bundle: Bundle) -> None:
    with pytest.raises(BundleError, match=r"does not run on CPUExecutionProvider"):
        opened(bundle, b"nothing", CPU)
