"""Free TCP ports on the loopback address, below the range the system hands out by itself."""

from __future__ import annotations

import random
import socket
from collections.abc import Collection

LOOPBACK = "127.0.0.1"
_RANGE = range(18000, 32000)


def is_free(port: int) -> bool:
    """Whether nobody listens on `port` of the loopback address."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def free_port(preferred: int | None = None, *, avoid: Collection[int] = ()) -> int:
    """`preferred` when it is free, else a random free port between 18000 and 31999; none of `avoid`."""
    if preferred is not None and preferred not in avoid and is_free(preferred):
        return preferred
    return next(port for port in random.sample(_RANGE, len(_RANGE)) if port not in avoid and is_free(port))
