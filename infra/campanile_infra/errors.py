"""Errors of the plumbing that a person has to act on: one line, what to do, an exit code."""

from __future__ import annotations


class OperationalProblem(Exception):
    """Something outside the program is wrong; the message is one line and says what to do.

    `exit_code` is what the `campanile` command returns.
    """

    exit_code = 1

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
