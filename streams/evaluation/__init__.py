"""Evaluation: what a finished bundle is worth on labelled messages."""
