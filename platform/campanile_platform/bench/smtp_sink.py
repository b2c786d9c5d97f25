"""A mail server that takes everything and counts who got how much: `... bench.smtp_sink PORT FILE`.

It runs in a process of its own, so that killing workers does not touch it. On SIGTERM it writes `{address: times}`.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections import Counter
from pathlib import Path

_taken: Counter[str] = Counter()


async def _talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One conversation (RFC 5321): a message counts when its last line has arrived, answered or not."""
    try:
        writer.write(b"220 sink\r\n")
        to: list[str] = []
        while line := await reader.readline():
            verb = line[:4].upper()
            if verb == b"RCPT":
                to.append(line.partition(b"<")[2].partition(b">")[0].decode())
            if verb == b"DATA":
                writer.write(b"354 go on\r\n")
                await reader.readuntil(b"\r\n.\r\n")
                _taken.update(to)
                to = []
            if verb == b"EHLO":
                writer.write(b"250-sink\r\n250 8BITMIME\r\n")
                continue
            writer.write(b"221 bye\r\n" if verb == b"QUIT" else b"250 OK\r\n")
            if verb == b"QUIT":
                break
        await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError, asyncio.LimitOverrunError):
        pass  # the other side was killed in the middle
    finally:
        writer.close()


async def _serve(port: int) -> None:
    over = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, over.set)
    server = await asyncio.start_server(_talk, "127.0.0.1", port, limit=4_000_000)
    async with server:
        await over.wait()


def main() -> None:
    """Serves until SIGTERM, then writes what it counted."""
    port, file = int(sys.argv[1]), Path(sys.argv[2])
    asyncio.run(_serve(port))
    file.write_text(json.dumps(_taken))


if __name__ == "__main__":
    main()
