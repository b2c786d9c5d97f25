"""Scheduled work."""

from __future__ import annotations

from campanile_modules.newsletters.services import digests, issues, readers, sharing, stopping, subscribing
from campanile_tenants.kit.tasks import town_task


@town_task(lane="bulk")
def remind() -> None:
    """Reminds once those who did not confirm, forgets those who never do; ends what is written to dead addresses."""
    subscribing.remind()
    stopping.tidy()
    readers.forget_files()


@town_task(lane="bulk")
def ask_imported() -> None:
    """Writes to those whom a file brought without proof, a few at a time."""
    subscribing.ask_imported()


@town_task(lane="bulk")
def compose() -> None:
    """Makes the week's issue where a newsletter makes itself; takes in what the centre wrote for all."""
    digests.assemble()
    sharing.take_issues()


@town_task(lane="bulk")
def finish() -> None:
    """Marks as sent what has left altogether."""
    issues.finish()
