"""Tasks that carry their town, and the lanes they travel in.

PostgreSQL is the truth and a task is a wake-up: losing one loses nothing, so a broker that does not answer
is logged and the sweeper does the rest.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from celery import Task, shared_task
from django.db import transaction
from kombu.exceptions import OperationalError

from campanile_infra.database import scope
from campanile_infra.database.names import PUBLIC_SCHEMA, check_town

LANES = ("emergency", "transactional", "bulk", "operations")
HEADER = "campanile_town"
_log = logging.getLogger(__name__)

before_town_task: list[Callable[[str], bool]] = []
"""Asked inside the town, with the task's name, before it runs; one False and it does not."""


class WrongLane(ValueError):
    """A task named a lane that does not exist."""


class LaneTask(Task):
    """A task on a lane. `wake` sends it and never raises because the broker is away."""

    abstract = True
    lane = "operations"

    def apply_async(self, *args: Any, **options: Any) -> Any:
        options.setdefault("queue", self.lane)
        return super().apply_async(*args, **options)

    def wake(self, **options: Any) -> bool:
        """Sends the wake-up; returns whether the broker took it."""
        try:
            self.apply_async(**options)
        except (OperationalError, OSError) as error:
            _log.warning("No wake-up for %s: %s. The sweeper will find the work.", self.name, type(error).__name__)
            return False
        return True


class TownTask(LaneTask):
    """Runs in the town that sent it, and nowhere without one."""

    abstract = True

    def wake_on_commit(self) -> None:
        """Sends the wake-up when the transaction commits, for the town of now: the place may have changed by then."""
        headers = {HEADER: check_town(scope.current().schema)}
        transaction.on_commit(lambda: self.wake(headers=headers))

    def apply_async(self, *args: Any, **options: Any) -> Any:
        headers = dict(options.pop("headers", None) or {})
        headers.setdefault(HEADER, scope.current().schema)
        check_town(headers[HEADER])
        return super().apply_async(*args, headers=headers, **options)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self.request.called_directly:
            return super().__call__(*args, **kwargs)
        headers = self.request.headers or {}
        schema = check_town(headers.get(HEADER) or self.request.get(HEADER))
        with scope.in_schema(schema):
            if not all(ask(str(self.name)) for ask in before_town_task):
                _log.info("%s did not run in %s: switched off there.", self.name, schema)
                return None
            return super().__call__(*args, **kwargs)


class CentreTask(LaneTask):
    """Runs in the public schema."""

    abstract = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        with scope.in_schema(PUBLIC_SCHEMA):
            return super().__call__(*args, **kwargs)


def town_task(*, lane: str, **options: Any) -> Callable[[Callable[..., Any]], Any]:
    """Declares a task that runs in the town of whoever wakes it."""
    return _task(TownTask, lane, options)


def centre_task(*, lane: str, **options: Any) -> Callable[[Callable[..., Any]], Any]:
    """Declares a task that runs in the public schema."""
    return _task(CentreTask, lane, options)


def _task(base: type[Task], lane: str, options: dict[str, Any]) -> Callable[[Callable[..., Any]], Any]:
    if lane not in LANES:
        raise WrongLane(f"There is no lane {lane!r}. Lanes: {', '.join(LANES)}.")
    declared: Callable[[Callable[..., Any]], Any] = shared_task(
        base=base, lane=lane, acks_late=True, ignore_result=True, **options
    )
    return declared
