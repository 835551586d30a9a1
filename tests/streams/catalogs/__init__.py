"""Tests of where catalogs are kept."""
