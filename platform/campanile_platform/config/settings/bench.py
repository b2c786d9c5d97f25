"""Settings of `campanile bench delivery`: a provider that takes everything at once, with a number for each message."""

from campanile_infra.channels.base import Line
from campanile_platform.config.settings.embedded import *  # noqa: F403

CHANNELS = {
    channel: (Line.over(f"bench-{channel}", "campanile_platform.bench.taking.TakingTransport"),)
    for channel in ("email", "sms", "voice", "push")
}
