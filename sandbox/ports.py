"""Free ports on the loopback, away from the range the kernel hands out to clients."""

import random
import socket
from collections.abc import Iterator
from contextlib import closing

# Below Linux's ephemeral range (32768 up), so that no outgoing connection takes a port between choice and use.
LOWEST, HIGHEST = 12_000, 32_000


def free_ports() -> Iterator[int]:
    """Endless distinct ports nobody listens on; the caller binds at once."""
    seen: set[int] = set()
    while True:
        port = random.randrange(LOWEST, HIGHEST)
        if port not in seen and is_free(port):
            yield port
        seen.add(port)


def is_free(port: int) -> bool:
    """Whether a server could listen on this port of the loopback now."""
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return probe.connect_ex(("127.0.0.1", port)) != 0 and _binds(port)


def _binds(port: int) -> bool:
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
