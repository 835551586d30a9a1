"""Pure steps from raw records to the events that answer them."""
