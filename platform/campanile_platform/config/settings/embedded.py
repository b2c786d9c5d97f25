"""One machine and no set-up: `campanile serve` and `campanile demo` set the environment that base reads."""

from campanile_platform.config.settings.base import *  # noqa: F403

GRAPHQL_INTROSPECTION = True  # a trial on this machine
