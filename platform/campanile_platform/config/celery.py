"""Celery: wake-ups only. Lanes are queues, each with workers of its own."""

from __future__ import annotations

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "campanile_platform.config.settings.embedded")

app = Celery("campanile", set_as_current=True)
app.set_default()


def _configure() -> None:
    from django.conf import settings

    app.conf.update(
        broker_url=settings.BROKER_URL,
        broker_connection_retry_on_startup=True,
        broker_transport_options={"socket_connect_timeout": 2, "socket_timeout": 30, "retry_on_timeout": False},
        task_publish_retry=False,
        task_ignore_result=True,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_default_queue="operations",
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        worker_send_task_events=False,
        timezone=settings.TIME_ZONE,
        beat_max_loop_interval=5,
        beat_schedule={
            "sweep the outboxes": {
                "task": "campanile_tenants.town.delivery.tasks.sweep",
                "schedule": 15,
                "options": {"queue": "emergency", "expires": 60},
            },
            "hear what SMS centres say": {
                "task": "campanile_tenants.town.delivery.tasks.listen",
                "schedule": 20,
                "options": {"queue": "transactional", "expires": 20},
            },
            "read the mailbox of bounces": {
                "task": "campanile_tenants.town.delivery.tasks.read_mailbox",
                "schedule": 60,
                "options": {"queue": "transactional", "expires": 60},
            },
            "go on with exports and imports": {
                "task": "campanile_tenants.town.api.tasks.sweep",
                "schedule": 20,
                "options": {"queue": "bulk", "expires": 20},
            },
            "ask for the national bulletins": {
                "task": "campanile_tenants.public.bulletins.tasks.fetch_bulletins",
                "schedule": 600,
                "options": {"queue": "operations", "expires": 600},
            },
            "try out the lines to providers": {
                "task": "campanile_tenants.public.providers.tasks.probe_lines",
                "schedule": 600,
                "options": {"queue": "operations", "expires": 600},
            },
            "tell webhooks what waits": {
                "task": "campanile_tenants.town.webhooks.tasks.tell_everywhere",
                "schedule": 60,
                "options": {"queue": "bulk", "expires": 60},
            },
            "tidy the calls of webhooks": {
                "task": "campanile_tenants.town.webhooks.tasks.tidy_everywhere",
                "schedule": crontab(hour=3, minute=20),
                "options": {"queue": "bulk"},
            },
            "forget contacts that were never confirmed": {
                "task": "campanile_tenants.town.contacts.tasks.tidy_everywhere",
                "schedule": crontab(hour=3, minute=0),
                "options": {"queue": "bulk"},
            },
            "fold old deliveries into numbers": {
                "task": "campanile_tenants.town.delivery.tasks.fold_everywhere",
                "schedule": crontab(hour=2, minute=50),
                "options": {"queue": "bulk"},
            },
            "refill the spare schemas": {
                "task": "campanile_platform.onboarding.tasks.refill_spares",
                "schedule": 60,
                "options": {"queue": "operations", "expires": 60},
            },
            "go on with onboarding": {
                "task": "campanile_platform.onboarding.tasks.run_waiting",
                "schedule": 15,
                "options": {"queue": "operations", "expires": 15},
            },
            "anchor the audit trails": {
                "task": "campanile_tenants.town.people.tasks.anchor_trails",
                "schedule": crontab(hour=2, minute=40),
                "options": {"queue": "operations"},
            },
            "count the figures again": {
                "task": "campanile_tenants.public.registry.tasks.reconcile_figures",
                "schedule": crontab(hour=2, minute=20),
                "options": {"queue": "bulk"},
            },
            "erase what is past its time": {
                "task": "campanile_tenants.town.privacy.tasks.retain_everywhere",
                "schedule": crontab(hour=3, minute=10),
                "options": {"queue": "bulk"},
            },
            "end grants that are over": {
                "task": "campanile_tenants.town.people.tasks.expire_grants",
                "schedule": 300,
                "options": {"queue": "operations", "expires": 300},
            },
            "publish pages whose hour has come": {
                "task": "campanile_tenants.town.site.tasks.publish_everywhere",
                "schedule": 60,
                "options": {"queue": "operations", "expires": 60},
            },
            "look after links and read feeds": {
                "task": "campanile_tenants.town.site.tasks.look_after_everywhere",
                "schedule": crontab(hour=4, minute=0),
                "options": {"queue": "bulk"},
            },
            **_module_schedules(),
        },
    )
    app.autodiscover_tasks(lambda: list(settings.INSTALLED_APPS))


def _module_schedules() -> dict[str, dict[str, object]]:
    from campanile_tenants.contract.registry import registry

    return {
        schedule.task: {
            "task": "campanile_tenants.public.registry.tasks.run_everywhere",
            "schedule": schedule.every_seconds,
            "args": (schedule.task,),
            "options": {"queue": "bulk", "expires": schedule.every_seconds},
        }
        for module in registry
        for schedule in module.schedules
    }


@app.on_configure.connect
def _django_first(**kwargs: object) -> None:
    import django

    django.setup()
    _configure()
