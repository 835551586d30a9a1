"""The proofs."""

import os

# As in `streams`: not even a bench tells anybody.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
