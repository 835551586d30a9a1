"""Training, export, quantisation, calibration, packing of the model bundles."""

import os

# As in `streams`: onnxruntime tells nobody of what is trained here.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
