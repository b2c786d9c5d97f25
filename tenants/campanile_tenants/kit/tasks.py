"""Tasks of a module: they carry the town, and do not run where the module is off."""

from campanile_infra.tasks.base import town_task

__all__ = ["town_task"]
