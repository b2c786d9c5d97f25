"""Many towns for a benchmark, made as onboarding makes them."""

from __future__ import annotations

from collections.abc import Iterator

from rich.progress import track

from campanile_infra.terminal import errors


def many_towns(count: int) -> Iterator[str]:
    """Makes `count` live towns with `reporting` on, one after another, and gives each one's schema."""
    from campanile_platform.onboarding.official_list import official_list
    from campanile_tenants.public.registry import lifecycle
    from campanile_tenants.public.registry.activation import switch_on

    for official in track(list(official_list().values())[:count], "Making towns", console=errors, transient=True):
        values = official._asdict()
        code = values.pop("istat_code")
        town = lifecycle.create_town(code, f"{code}.localhost", **values)
        lifecycle.go_live(town)
        switch_on(town, "reporting", by="bench")
        yield town.schema_name
