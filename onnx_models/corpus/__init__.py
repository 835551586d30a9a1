"""Labelled messages: read, checked, made better."""
