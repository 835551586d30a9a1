"""Scoring: bundles as they lie on disk, asked for opinions."""
