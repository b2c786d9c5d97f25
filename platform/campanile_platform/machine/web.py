"""One web process on a socket that its parent opened: `python -m campanile_platform.machine.web FILE_DESCRIPTOR`."""

from __future__ import annotations

import socket
import sys

import uvicorn

APPLICATION = "campanile_platform.config.asgi:application"


def main() -> None:
    """Serves until it is told to stop; open streams are cut after five seconds."""
    listening = socket.socket(fileno=int(sys.argv[1]))
    config = uvicorn.Config(
        APPLICATION, log_level="warning", access_log=False, lifespan="off", server_header=False, date_header=False,
        timeout_graceful_shutdown=5, timeout_keep_alive=30, ws="none",
    )  # fmt: skip
    uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main()
