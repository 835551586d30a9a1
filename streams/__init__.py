"""Everything that touches the world."""

import os

# onnxruntime 1.29 tells its maker of every process that loads it, and reads this while it is loaded. A message is
# nobody's business but its owner's.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
