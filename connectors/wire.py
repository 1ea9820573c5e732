"""Messages as bytes and back for the connector: the codec, with a foreign writer's schema fetched when first met."""

from typing import Protocol

from msgspec import Struct

from schemas.codec import Codec
from schemas.framing import UnknownSchema
from schemas.records import Body
from schemas.registry import Registry


class Wire(Protocol):
    """Values as bytes and back; topics by their short names."""

    def encode(self, topic: str, value: Struct) -> bytes: ...
    def decode(self, data: bytes) -> Struct: ...
    def encode_event(self, event_id: str, body: Body) -> bytes: ...


class RegistryWire:
    """The codec over a registry. A schema id nobody here has seen costs one blocking request, once."""

    def __init__(self, codec: Codec, registry: Registry) -> None:
        self._codec = codec
        self._registry = registry

    def encode(self, topic: str, value: Struct) -> bytes:
        """Return the value of one message."""
        return self._codec.encode(topic, value)

    def encode_event(self, event_id: str, body: Body) -> bytes:
        """Return one entry of the log."""
        return self._codec.encode_event(event_id, body)

    def decode(self, data: bytes) -> Struct:
        """Return the record a framed value holds."""
        try:
            return self._codec.decode(data)
        except UnknownSchema as error:
            self._registry.fetch(error.schema_id)
            return self._codec.decode(data)
