"""Alerts the operations team: one small JSON by POST."""

import logging
from collections.abc import Mapping

import httpx

logger = logging.getLogger(__name__)

TIMEOUTS = httpx.Timeout(connect=2, read=3, write=2, pool=1)


def post(url: str, message: Mapping[str, str | int]) -> bool:
    """False if it did not arrive. The answer is not read: only its status counts."""
    try:
        with (
            httpx.Client(timeout=TIMEOUTS, trust_env=False) as client,
            client.stream("POST", url, json=dict(message)) as answer,
        ):
            if answer.is_success:
                return True
            logger.warning("alert webhook answered %s", answer.status_code)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        logger.warning("alert webhook failed: %s", type(error).__name__)
    return False
