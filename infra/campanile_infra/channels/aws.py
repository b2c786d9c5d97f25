"""What all lines over AWS share: one request an attempt, and its errors in our words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ConnectTimeoutError, EndpointConnectionError

from campanile_infra.channels.base import TransportError

_OURS = {"AccessDeniedException", "UnrecognizedClientException", "InvalidSignatureException", "ExpiredTokenException",
         "InvalidClientTokenId", "MissingAuthenticationTokenException", "AccountSuspendedException",
         "SendingPausedException", "MailFromDomainNotVerifiedException", "ResourceNotFoundException"}  # fmt: skip
_SPENT = {"ServiceQuotaExceededException", "LimitExceededException"}
_THROTTLED = {"ThrottlingException", "TooManyRequestsException", "Throttling"}


def client(service: str, **options: Any) -> Any:
    """A client that sends each request once: `max_attempts` counts retries, `total_max_attempts` requests.

    Options: `region`, `endpoint_url`, `access_key`, `secret_key`; without keys boto3 looks where it always does.
    """
    return boto3.client(
        service,
        region_name=options.get("region") or None,
        endpoint_url=options.get("endpoint_url") or None,
        aws_access_key_id=options.get("access_key") or None,
        aws_secret_access_key=options.get("secret_key") or None,
        config=Config(
            retries={"total_max_attempts": 1, "mode": "standard"},
            connect_timeout=options.get("connect_timeout", 4),
            read_timeout=options.get("read_timeout", 10),
            max_pool_connections=32,
        ),
    )


def call(method: Callable[..., Any], **values: Any) -> dict[str, Any]:
    """Makes the request. Raises TransportError: in doubt when it left and no usable answer came."""
    try:
        answer: dict[str, Any] = method(**values)
        return answer
    except ClientError as error:
        raise _refusal(error) from error
    except (ConnectTimeoutError, EndpointConnectionError) as error:
        raise TransportError(type(error).__name__, permanent=False) from error
    except BotoCoreError as error:
        left = "Timeout" in type(error).__name__ or "Connection" in type(error).__name__
        raise TransportError(type(error).__name__, permanent=False, in_doubt=left, ours=not left) from error


def _refusal(error: ClientError) -> TransportError:
    code = str(error.response.get("Error", {}).get("Code", ""))
    status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    if code in _THROTTLED or status == 429:
        return TransportError(code or "429", permanent=False, retry_after=1.0)
    if code in _SPENT:
        return TransportError(f"{code}: the spend cap is reached", permanent=False, ours=True)
    if code in _OURS or status in (401, 403):
        return TransportError(f"{code}: our account is refused", permanent=False, ours=True)
    if status >= 500:  # it may have been taken before the answer went wrong
        return TransportError(code or str(status), permanent=False, in_doubt=True)
    gone = code == "ConflictException" and "OPTED_OUT" in str(error.response)
    return TransportError(code or str(status), permanent=True, dead_address=gone)
