"""The whole system inside one terminal."""
