"""The folder where one machine keeps everything: database, queue, files, mail, secrets, ports."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import pwd
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from campanile_infra.embedded.ports import free_port
from campanile_infra.errors import OperationalProblem


class State:
    """`root` holds what is ours; `served` what PostgreSQL must reach (elsewhere when `nobody` cannot enter root)."""

    def __init__(self, root: Path) -> None:
        self.root = root.absolute()

    def prepare(self) -> None:
        """Creates the folders. Raises OperationalProblem when the place is full or may not be written."""
        try:
            for folder in (self.root, self.media, self.outbox, self.logs, self.served):
                folder.mkdir(parents=True, exist_ok=True)
            if self.served != self.root:
                if (
                    self.served.stat().st_uid != os.geteuid()
                ):  # the name can be guessed: somebody else may have made it
                    raise OperationalProblem(
                        f"{self.served} belongs to somebody else. Remove it, or set CAMPANILE_STATE."
                    )
                (self.root / "where").write_text(f"{self.served}\n")
        except PermissionError as error:
            raise OperationalProblem(
                f"No permission to write {error.filename}. Run as the owner of the folder, or set "
                "CAMPANILE_STATE to a folder you may write."
            ) from error
        except OSError as error:
            raise OperationalProblem(
                f"{self.root} cannot be used: {error.strerror or error}. Free some space or set CAMPANILE_STATE."
            ) from error

    @property
    def media(self) -> Path:
        """Uploaded files when no S3 is set."""
        return self.root / "media"

    @property
    def outbox(self) -> Path:
        """Messages that would have left the house, one file each."""
        return self.root / "outbox"

    @property
    def logs(self) -> Path:
        return self.root / "log"

    @property
    def served(self) -> Path:
        """Where database and queue live. As root they run as `nobody`, who must be able to get there."""
        if os.geteuid() != 0 or _others_may_enter(self.root):
            return self.root
        return Path("/var/tmp") / f"campanile-{hashlib.sha256(bytes(self.root)).hexdigest()[:12]}"  # noqa: S108 - a folder of ours, made 700 by PostgreSQL

    def secret(self, name: str) -> str:
        """A secret made once and kept in `secrets.json` (mode 600)."""
        return str(self._remember("secrets.json", name, secrets.token_urlsafe(32)))

    def choose_port(self, name: str) -> int:
        """The port last used under `name` when it is still free, else another; never one of our other services'."""
        ports = {other: int(str(port)) for other, port in self._read("ports.json").items()}
        last = ports.pop(name, None)
        port = free_port(last, avoid=ports.values())
        self.set_port(name, port)
        return port

    def set_port(self, name: str, port: int) -> None:
        """Keeps `port` for the next start."""
        self._remember("ports.json", name, port, replace=True)

    def known_port(self, name: str) -> int | None:
        """The port last used under `name`, or None."""
        value = self._read("ports.json").get(name)
        return int(value) if isinstance(value, int) else None

    @contextmanager
    def lock(self) -> Iterator[bool]:
        """Yields whether this process is now the only one that serves from here."""
        with (self.root / "lock").open("a+") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            yield True

    def is_served(self) -> bool:
        """Whether another process serves from this folder now."""
        if not (self.root / "lock").exists():
            return False
        with self.lock() as ours:
            return not ours

    def remove(self) -> list[Path]:
        """Deletes the folder and what lies elsewhere because of `nobody`; returns what was removed."""
        gone = [path for path in {self.root, self.served} if path.exists()]
        for path in gone:
            shutil.rmtree(path)
        return gone

    def _read(self, file: str) -> dict[str, object]:
        path = self.root / file
        return dict(json.loads(path.read_text())) if path.exists() else {}

    def _remember(self, file: str, name: str, fresh: object, *, replace: bool = False) -> object:
        values = self._read(file)
        if name not in values or replace:
            values[name] = fresh
            path = self.root / file
            temporary = path.with_suffix(".new")
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w") as handle:
                json.dump(values, handle, indent=1)
            temporary.replace(path)
        return values[name]


def unprivileged() -> dict[str, Any]:
    """Arguments for Popen: as root, run as `nobody`; otherwise nothing."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def give_to_nobody(path: Path) -> None:
    """As root, hands `path` and what is below it to `nobody`."""
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        for entry in (path, *(path.rglob("*") if path.is_dir() else ())):
            os.chown(entry, nobody.pw_uid, nobody.pw_gid, follow_symlinks=False)


def _others_may_enter(path: Path) -> bool:
    existing = next(folder for folder in (path, *path.parents) if folder.exists())
    return all(folder.stat().st_mode & 0o001 for folder in (existing, *existing.parents))


def readable_by_nobody(folder: Path, copy_to: Path) -> Path:
    """`folder`, or as root a copy of it at `copy_to` when `nobody` cannot get to the original."""
    if os.geteuid() != 0 or _others_may_enter(folder):
        return folder
    if not copy_to.exists():
        temporary = copy_to.with_suffix(".new")
        shutil.rmtree(temporary, ignore_errors=True)
        shutil.copytree(folder, temporary, symlinks=True)
        temporary.rename(copy_to)
    return copy_to
