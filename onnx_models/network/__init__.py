"""The network from weights to an int8 graph."""
