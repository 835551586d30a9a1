"""The shipped bundle, trained again."""

from pathlib import Path

from onnx_models.train import main

HERE = Path(__file__).parent

if __name__ == "__main__":
    data, out = HERE / "data" / "support", HERE / "bundles" / "support-0.1.0"
    raise SystemExit(main(["--head", "--data", str(data), "--out", str(out)]))
