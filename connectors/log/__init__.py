"""Kafka as the connector sees it: append and know where it stands, follow from an offset, know the ends."""
