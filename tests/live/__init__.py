"""The proofs that need a real Kafka broker, a real Redis."""
