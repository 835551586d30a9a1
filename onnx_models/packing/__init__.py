"""A finished model as the folder that a worker loads."""
