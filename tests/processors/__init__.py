"""Tests of the room `processors`."""
