"""The Django project. Importing it makes our Celery app the one that tasks are sent with."""

from campanile_platform.config.celery import app as celery_app

__all__ = ["celery_app"]
