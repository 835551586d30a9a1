"""Where a network runs: the provider that was asked for, or nowhere."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

import onnxruntime

from streams.scoring.bundles import Bundle, BundleError

Name: TypeAlias = Literal["cpu", "openvino", "cuda"]
NO_FALLBACK = "session.disable_cpu_ep_fallback"
# Without VNNI, x86's product of uint8 and int8 adds pairs in 16 bits, which overflow: a golden text gets .69 instead
# of .60. With this they are added in 32 bits there, at a quarter more time; elsewhere it changes nothing.
NO_OVERFLOW = "session.x64quantprecision"


@dataclass(frozen=True, slots=True)
class Provider:
    """One of onnxruntime's, with the distribution that brings it, with what it has to be told."""

    name: Name
    known_as: str
    distribution: str
    options: tuple[tuple[str, str], ...] = ()


CPU = Provider("cpu", "CPUExecutionProvider", "onnxruntime")
# One thread like everywhere; bfloat16, its choice where the processor has it, moves probabilities by hundredths.
OPENVINO_OPTIONS = (("device_type", "CPU"), ("precision", "FP32"), ("num_of_threads", "1"))
OPENVINO = Provider("openvino", "OpenVINOExecutionProvider", "onnxruntime-openvino", OPENVINO_OPTIONS)
CUDA = Provider("cuda", "CUDAExecutionProvider", "onnxruntime-gpu", (("use_tf32", "0"),))
PROVIDERS = {each.name: each for each in (CPU, OPENVINO, CUDA)}


def provider(name: Name) -> Provider:
    """The provider of that name, if the onnxruntime that is installed has it."""
    wanted = PROVIDERS[name]
    if wanted.known_as not in onnxruntime.get_available_providers():
        raise BundleError(
            f"INTENTS_PROVIDER={name}: onnxruntime {onnxruntime.__version__} is installed without "
            f"{wanted.known_as}; `pip uninstall onnxruntime onnxruntime-openvino onnxruntime-gpu`, then "
            f"`pip install {wanted.distribution}`: they replace each other"
        )
    return wanted


def opened(bundle: Bundle, model: bytes, wanted: Provider) -> onnxruntime.InferenceSession:
    """The network on that provider with one thread, no step of it anywhere else."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    # Batches come in any shape; a plan of memory for each of them would only pile up.
    options.enable_mem_pattern = False
    options.log_severity_level = 3
    options.add_session_config_entry(NO_OVERFLOW, "1")
    if wanted is not CPU:
        options.add_session_config_entry(NO_FALLBACK, "1")
    try:
        session = onnxruntime.InferenceSession(
            model, options, providers=[(wanted.known_as, dict(wanted.options))]
        )
    except Exception as error:  # onnxruntime's errors share no base class
        raise BundleError(refused(bundle, wanted, str(error))) from error
    session.disable_fallback()
    # onnxruntime adds its own to the list, last; what it lists first runs the steps.
    if session.get_providers()[0] != wanted.known_as:
        raise BundleError(refused(bundle, wanted, f"it was given to {session.get_providers()[0]}"))
    return session


def refused(bundle: Bundle, wanted: Provider, why: str) -> str:
    """What is said when a network does not run where it should."""
    remedy = (
        ""
        if wanted is CPU
        else f"; make it a bundle for it: `intents bundle export --provider {wanted.name}`"
    )
    return f"{bundle.name} does not run on {wanted.known_as}: {' '.join(why.split())[:300]}{remedy}"
