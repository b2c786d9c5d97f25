"""Working hours, holidays and terms, for modules."""

from campanile_infra.worktime import ROME, Calendar, NeverOpen, calendar

__all__ = ["ROME", "Calendar", "NeverOpen", "calendar"]
