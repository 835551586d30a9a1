"""Tests of the care for labelled messages."""
