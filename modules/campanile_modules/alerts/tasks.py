"""Wake-ups and scheduled work. What is to be done are rows."""

from __future__ import annotations

from campanile_tenants.kit.tasks import town_task


@town_task(lane="emergency")
def go_on() -> int:
    """Writes down the recipients of what is being released."""
    from campanile_modules.alerts.services import releasing

    return releasing.go_on()


@town_task(lane="operations")
def look_after() -> int:
    """Each minute: goes on with what a dead worker left, ends what is over, reads bulletins and the centre's word."""
    from campanile_modules.alerts.services import canaries, proposals, releasing

    done = releasing.go_on() + releasing.expire() + proposals.look_at_bulletins() + proposals.look_at_campaigns()
    canaries.sing()
    canaries.listen()
    canaries.count_households()
    return done


@town_task(lane="operations")
def look_at_proposals() -> int:
    """A bulletin came, or the centre proposed something."""
    from campanile_modules.alerts.services import proposals

    return proposals.look_at_bulletins() + proposals.look_at_campaigns()
