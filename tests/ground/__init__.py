"""Real servers for the tests, which end with them."""
