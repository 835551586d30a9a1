"""The decision table: what becomes of which message, in words that an expert of the trade can extend."""
