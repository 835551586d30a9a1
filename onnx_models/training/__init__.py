"""Training from labelled messages to a measured model."""
