"""The names of rows in the state: raw UTF-8, one tenant's keys side by side, look-up indexes under `x:`."""

import re
from urllib.parse import quote, unquote
from uuid import UUID, uuid5

SAFE = ":/@ -_.,~+"
PLAIN = re.compile(r"[A-Za-z0-9:/@ \-_.,~+]*").fullmatch  # nothing to quote: nearly every part there is
NAMESPACE = UUID("6f1c3a52-6d0a-5c57-9a53-8a52e7c1d9f4")


def ref_key(tenant: str, ref: str) -> bytes:
    return f"{tenant}|ref|{ref}".encode()


def link_key(tenant: str, link_id: str) -> bytes:
    return f"{tenant}|link|{link_id}".encode()


def control_key(tenant: str, name: str) -> bytes:
    return f"{tenant}|control|{name}".encode()


def conflict_key(tenant: str, at: int, conflict_id: str) -> bytes:
    return f"{tenant}|conflict|{at:015d}|{conflict_id}".encode()


def poison_key(tenant: str, offset: int) -> bytes:
    return poison_prefix(tenant) + order(offset).encode()


def poison_prefix(tenant: str) -> bytes:
    return f"{tenant}|poison|".encode()


def conflict_place(tenant: str, conflict_id: str) -> bytes:
    """Where a conflict's own key is kept, by its id."""
    return f"{tenant}|conflict-at|{conflict_id}".encode()


def conflict_resolved(tenant: str, conflict_id: str) -> bytes:
    """Where a person's decision of a conflict is kept, by its id."""
    return f"{tenant}|conflict-resolved|{conflict_id}".encode()


def index_key(tenant: str, index: str, *parts: str) -> bytes:
    """A look-up entry: its parts are joined with `|`, so a prefix of parts is a prefix of keys.

    A `|` within a part (a CRM's ids are any text) is written as `%7C`.
    """
    return "|".join((tenant, f"x:{index}", *map(_quoted, parts))).encode()


def _quoted(part: str) -> str:
    return part if PLAIN(part) else quote(part, safe=SAFE)


def index_prefix(tenant: str, index: str, *parts: str) -> bytes:
    return index_key(tenant, index, *parts) + b"|"


def last_part(key: bytes) -> str:
    return unquote(key.decode().rsplit("|", 1)[1])


def order(offset: int) -> str:
    """An offset as text that sorts as the number does."""
    return f"{offset:016d}"


def link_id(tenant: str, first_ref: str, generation: int) -> str:
    """A link's stable name: the same first ref and generation give the same id in every replay."""
    return str(uuid5(NAMESPACE, f"{tenant}|{first_ref}|{generation}"))


def command_id(link: str, system: str, revision: int, content: str) -> str:
    return str(uuid5(NAMESPACE, f"{link}|{system}|{revision}|{content}"))


def conflict_id(link: str, prop: str, values: str) -> str:
    return str(uuid5(NAMESPACE, f"{link}|{prop}|{values}"))
