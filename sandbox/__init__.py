"""OUTSIDE WORLD ON A LAPTOP: Kafka, registry, both systems and their supervisor."""
