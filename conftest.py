"""Fixtures for all tests. The servers come from the plugin `tests.servers`.

Everything is prepared by the product's own code (bootstrap, migrations, spare schemas, onboarding). Tests that
change towns run in a transaction that is rolled back; those that must commit clean up after themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> None:
    """The database as `campanile serve` prepares it, with three towns and an operator."""
    with django_db_blocker.unblock():
        from tests.towns import make_first_towns

        from campanile_platform.machine.environment import prepare_database

        prepare_database(lambda line: None)
        make_first_towns()


@pytest.fixture(scope="module")
def one_transaction(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """For files whose tests all look at the same rows: made once, in a transaction that theirs are inside of."""
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _fresh_directory() -> Iterator[None]:
    """What a rolled-back test put in the process's memory of towns, and in the cache, goes with it."""
    from tests.towns import forget_cached

    from campanile_infra.database import scope
    from campanile_tenants.public.registry.directory import directory

    directory.forget()
    forget_cached()
    yield
    directory.forget()
    assert scope.current() == scope.PUBLIC, "a test left the public schema without coming back"


@pytest.fixture
def lecco(db: None) -> Any:
    """A town with `reporting` on."""
    from tests.towns import town

    return town("097042")


@pytest.fixture
def merate(db: None) -> Any:
    """Another town with `reporting` on."""
    from tests.towns import town

    return town("097048")
