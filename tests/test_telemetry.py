"""Nobody is told that a worker runs, or what it loads."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

# onnxruntime sends nothing where it sees that it is tested, so these are taken away.
TESTED = {"CI", "GITHUB_ACTIONS", "TF_BUILD", "ORT_RUNNING_UNIT_TESTS", "ORT_DISABLE_TELEMETRY"}
TRACE = "mat-debug-{}.log"
LOADING = "import {}, os, sys; assert 'onnxruntime' in sys.modules; print(os.getpid(), os.environ['{}'])"


@pytest.mark.parametrize(
    "module", ["streams.scoring.session", "onnx_models.network.asking", "tests.bench.plain"]
)
def test_onnxruntime_is_loaded_without_its_reports(module: str, tmp_path: Path) -> None:
    env = {name: value for name, value in os.environ.items() if name not in TESTED}
    source = LOADING.format(module, "ORT_DISABLE_TELEMETRY")
    done = subprocess.run(
        [sys.executable, "-c", source],
        env=env | {"HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    process, off = done.stdout.split()
    assert off == "1"
    # What it writes as soon as it gets ready to report.
    assert not (Path(tempfile.gettempdir()) / TRACE.format(process)).exists()
    assert list(tmp_path.iterdir()) == []
