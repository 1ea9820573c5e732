"""What stays the same over `down` and `up`: keys, the installation's name, ports."""

import secrets
from collections.abc import Iterable

import msgspec
from msgspec import Struct, field

from sandbox.ports import free_ports, is_free
from sandbox.stack.layout import Layout, write_private


class Keys(Struct, frozen=True):
    """Random keys of one sandbox: Tandem's, and those of people and tests."""

    invoiced: str
    invoiced_user: str
    crm: str
    crm_user: str


class Identity(Struct):
    """One sandbox's lasting facts. Ports are handed out on first asking and then kept."""

    keys: Keys
    installation_id: str
    ports: dict[str, int] = field(default_factory=dict)

    def port(self, name: str) -> int:
        if name not in self.ports:
            taken = set(self.ports.values())
            self.ports[name] = next(port for port in free_ports() if port not in taken)
        return self.ports[name]


def load(layout: Layout) -> Identity:
    """The checkout's identity, made when there is none; ports somebody else took meanwhile are let go."""
    if layout.identity.exists():
        identity = msgspec.json.decode(layout.identity.read_bytes(), type=Identity)
        identity.ports = {name: port for name, port in identity.ports.items() if is_free(port)}
        return identity
    keys = Keys(*(f"{name}_{secrets.token_hex(16)}" for name in _key_names()))
    return Identity(keys, f"sandbox-{secrets.token_hex(4)}")


def save(layout: Layout, identity: Identity) -> None:
    write_private(layout.identity, msgspec.json.encode(identity))


def _key_names() -> Iterable[str]:
    return ("tandem", "user", "tandem", "user")
