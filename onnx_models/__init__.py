"""Training, export, quantisation, calibration, packing of the model bundles."""
