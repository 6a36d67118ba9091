"""Questions to the workers over HTTP: all of ``SLA_WORKERS``, or the one on this machine."""

import asyncio
import os
from collections.abc import Mapping

import aiohttp
import msgspec
from yarl import URL

from monitor.errors import SettingsError
from monitor.settings import Settings

ANSWER_SECONDS = 30.0


class Answer(msgspec.Struct, frozen=True):
    """What one worker said."""

    worker: str
    status: int
    body: bytes


def addresses(settings: Settings) -> list[str]:
    """Where the workers are."""
    named = [each.strip().rstrip("/") for each in settings.workers.split(",") if each.strip()]
    host = "127.0.0.1" if settings.web_host in ("0.0.0.0", "::") else settings.web_host  # noqa: S104  # where to ask, not where to listen
    return [each if "://" in each else f"http://{each}" for each in named] or [f"http://{f'[{host}]' if ':' in host else host}:{settings.web_port}"]


def ask(settings: Settings, path: str, parameters: Mapping[str, str]) -> list[Answer]:
    """Ask every worker the same; raises SettingsError where one cannot be reached, since its share would be missing."""
    return asyncio.run(_ask(addresses(settings), path, parameters))


async def _ask(workers: list[str], path: str, parameters: Mapping[str, str]) -> list[Answer]:
    timeout = aiohttp.ClientTimeout(total=ANSWER_SECONDS)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        return list(await asyncio.gather(*(_one(session, worker, path, parameters) for worker in workers)))


async def _one(session: aiohttp.ClientSession, worker: str, path: str, parameters: Mapping[str, str]) -> Answer:
    try:
        url = URL(worker + path, encoded=True).update_query(parameters)
        async with session.get(url) as response:
            return Answer(worker, response.status, await response.read())
    except (aiohttp.ClientError, TimeoutError, ValueError, OSError) as error:
        raise SettingsError(f"no worker answers at {worker} ({_why(error)}): start one, or name all of them in SLA_WORKERS") from None


def _why(error: Exception) -> str:
    if isinstance(error, aiohttp.ClientConnectorError):
        number = error.os_error.errno or 0
        return os.strerror(number).lower() if number > 0 else error.os_error.strerror or "cannot be reached"  # resolvers count below zero
    if isinstance(error, TimeoutError):
        return f"nothing within {ANSWER_SECONDS:g} s"
    return str(error) or type(error).__name__
