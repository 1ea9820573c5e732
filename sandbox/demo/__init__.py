"""The whole story, told on real Kafka and asserted from both APIs."""
