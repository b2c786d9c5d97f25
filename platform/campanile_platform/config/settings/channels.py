"""Which providers each channel has, read from the environment. docs/channels.md says what each variable means."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import unquote, urlsplit

import environ

from campanile_infra.channels.base import Line

_ROOM = "campanile_infra.channels"
_LOCAL = ("sms", "voice", "telegram", "push", "io")


def lines_from(env: environ.Env, *, local: bool) -> dict[str, tuple[Line, ...]]:
    """The lines of every channel, the preferred provider first.

    `local`: channels without a provider write to the local outbox (a trial on one machine); otherwise they are not
    set up. `CHANNEL_RATES=smtp=50,aws-sms=20` limits lines to what their providers allow, in units a second.
    """
    found = {
        "email": _email(env), "sms": _sms(env), "voice": _voice(env), "telegram": _telegram(env), "push": _push(env),
        "io": _io(env),
    }  # fmt: skip
    if local:
        for channel in _LOCAL:
            found[channel] = found[channel] or [
                Line.over(f"local-{channel}", f"{_ROOM}.local.LocalTransport", channel=channel)
            ]
    for channel, lines in _for_drills(env).items():
        found[channel] = [*found[channel], *lines]
    rates = {name: float(rate) for name, rate in env.dict("CHANNEL_RATES", default={}).items()}
    return {
        channel: tuple(replace(line, rate=rates.get(line.name, line.rate)) for line in lines)
        for channel, lines in found.items()
    }


_PACES = {
    "gmail.com": 20.0, "googlemail.com": 20.0, "hotmail.it": 10.0, "hotmail.com": 10.0, "outlook.it": 10.0,
    "outlook.com": 10.0, "live.it": 10.0, "yahoo.it": 5.0, "yahoo.com": 5.0, "libero.it": 5.0, "virgilio.it": 5.0,
    "alice.it": 5.0, "tim.it": 5.0, "tiscali.it": 5.0, "icloud.com": 5.0,
}  # fmt: skip
"""Mails a second that the large mail systems of Italy get from us at most: they turn away who pours."""


def paces_from(env: environ.Env) -> dict[str, float]:
    """How fast mails to many go to which domain: `MAIL_PACE=libero.it=2,gmail.com=50`; 0: no limit."""
    own = {name.lower(): float(rate) for name, rate in env.dict("MAIL_PACE", default={}).items()}
    return {name: rate for name, rate in {**_PACES, **own}.items() if rate > 0}


def _for_drills(env: environ.Env) -> dict[str, list[Line]]:
    """The same variables with `DRILL_` in front: other credentials, over which nothing real leaves."""
    drills = environ.Env()
    drills.ENVIRON = {
        name.removeprefix("DRILL_"): value for name, value in env.ENVIRON.items() if name.startswith("DRILL_")
    }
    found = {
        "email": _email(drills) if "SES_REGION" in drills.ENVIRON else [], "sms": _sms(drills),
        "voice": _voice(drills), "telegram": _telegram(drills), "push": _push(drills), "io": _io(drills),
    }  # fmt: skip
    return {
        channel: [replace(line, name=f"drill-{line.name}", drill=True) for line in lines if line.name != "smtp"]
        for channel, lines in found.items()
    }


def _email(env: environ.Env) -> list[Line]:
    lines = []
    if region := env("SES_REGION", default=""):
        lines.append(
            Line.over("ses", f"{_ROOM}.email.ses.SesTransport", rate=14, region=region, **_aws(env, "SES"),
                      configuration_set=env("SES_CONFIGURATION_SET", default=""))
        )  # fmt: skip
    if not lines or "EMAIL_URL" in env.ENVIRON:
        lines.append(Line.over("smtp", f"{_ROOM}.email.transport.EmailTransport"))
    return lines


def _sms(env: environ.Env) -> list[Line]:
    lines = []
    if origin := env("AWS_SMS_ORIGINATION", default=""):
        lines.append(
            Line.over("aws-sms", f"{_ROOM}.sms.aws.AwsSmsTransport", rate=20, origination=origin,
                      region=env("AWS_SMS_REGION", default="eu-south-1"), **_aws(env, "AWS_SMS"))
        )  # fmt: skip
    if url := env("SMPP_URL", default=""):
        parts = urlsplit(url)
        lines.append(
            Line.over("smpp", f"{_ROOM}.sms.smpp.SmppTransport", rate=10, host=parts.hostname or "",
                      port=parts.port or 2775, system_id=unquote(parts.username or ""),
                      password=unquote(parts.password or ""), sender=env("SMPP_SENDER", default=""))
        )  # fmt: skip
    return lines


def _voice(env: environ.Env) -> list[Line]:
    lines = []
    if url := env("VOICE_GATEWAY_URL", default=""):
        lines.append(
            Line.over("gateway", f"{_ROOM}.voice.gateway.GatewayTransport", rate=5, url=url,
                      account=env("VOICE_GATEWAY_ACCOUNT", default=""), token=env("VOICE_GATEWAY_TOKEN", default=""),
                      caller=env("VOICE_CALLER", default=""))
        )  # fmt: skip
    if origin := env("AWS_VOICE_ORIGINATION", default=""):
        lines.append(
            Line.over("aws-voice", f"{_ROOM}.voice.aws.AwsVoiceTransport", rate=5, origination=origin,
                      region=env("AWS_VOICE_REGION", default="eu-south-1"), **_aws(env, "AWS_VOICE"))
        )  # fmt: skip
    return lines


def _telegram(env: environ.Env) -> list[Line]:
    url = env("TELEGRAM_API_URL", default="https://api.telegram.org")
    token = env("TELEGRAM_BOT_TOKEN", default="")
    if not token and "TELEGRAM_API_URL" not in env.ENVIRON:
        return []
    return [Line.over("telegram", f"{_ROOM}.telegram.transport.TelegramTransport", rate=25, url=url, token=token)]


def _push(env: environ.Env) -> list[Line]:
    key = env("VAPID_PRIVATE_KEY", default="")
    contact = env("VAPID_CONTACT", default="mailto:webmaster@localhost")
    return [Line.over("web-push", f"{_ROOM}.push.transport.PushTransport", key=key, contact=contact)] if key else []


def _io(env: environ.Env) -> list[Line]:
    url = env("IO_API_URL", default="https://api.io.pagopa.it/api/v1")
    key = env("IO_API_KEY", default="")
    if not key and "IO_API_URL" not in env.ENVIRON:
        return []
    return [Line.over("app-io", f"{_ROOM}.appio.transport.AppIoTransport", rate=10, url=url, key=key)]


def _aws(env: environ.Env, prefix: str) -> dict[str, str]:
    return {
        "endpoint_url": env(f"{prefix}_ENDPOINT_URL", default=""),
        "access_key": env(f"{prefix}_ACCESS_KEY_ID", default=""),
        "secret_key": env(f"{prefix}_SECRET_ACCESS_KEY", default=""),
    }
