"""Faults against a fleet of real workers, then a count of what came of every record."""
