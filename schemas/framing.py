"""Confluent's wire format: a zero byte, the schema's id in four bytes, then the Avro body."""

import struct

_HEAD = struct.Struct(">bI")
HEAD_BYTES = _HEAD.size


def frame(schema_id: int) -> bytes:
    """The five bytes before a body."""
    return _HEAD.pack(0, schema_id)


def schema_id_of(data: bytes) -> int:
    """The id a framed value names."""
    if len(data) < HEAD_BYTES or data[0] != 0:
        raise Malformed(
            f"{data[:8].hex() or 'nothing'} is not in Confluent's wire format (0, then a schema id); "
            "was it written by something else than Tandem?",
        )
    found: int = _HEAD.unpack_from(data)[1]
    return found


class Malformed(ValueError):  # noqa: N818 - named for what the bytes are
    """Bytes that are no framed Avro value of a schema we know the meaning of."""


class UnknownSchema(LookupError):  # noqa: N818 - named for what is to be loaded
    """A value names a schema that is not in the cache: `await registry.load(id)`, then decode again."""

    def __init__(self, schema_id: int) -> None:
        super().__init__(f"schema {schema_id} is not cached; load it from the registry and decode again")
        self.schema_id = schema_id
