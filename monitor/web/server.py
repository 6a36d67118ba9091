"""The web server inside a worker: ``/metrics``, ``/healthz``, ``/readyz``, status page and ``/api/v1``, on localhost unless told otherwise."""

import asyncio
import errno
from concurrent.futures import ThreadPoolExecutor

import msgspec
from aiohttp import web

from monitor.errors import SettingsError
from monitor.metrics.exposition import render
from monitor.metrics.families import LabelCap
from monitor.metrics.lifetime import translated
from monitor.processing import Sample
from monitor.web.api import Api
from monitor.web.status import status_of
from monitor.web.view import WorkerView


class WebServer:
    """Serves one worker. Values of a shard are read on the event loop, so that they belong together; the text is made in a thread."""

    def __init__(self, view: WorkerView, host: str, port: int, queues: int = 500) -> None:
        """``queues`` is how many queues get series of their own."""
        self._view = view
        self._host, self._port = host, port
        self._cap = LabelCap(queues)
        self._renderer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="metrics")
        self._runner: web.AppRunner | None = None

    @property
    def address(self) -> str:
        """Where the pages are, for people."""
        return f"http://{f'[{self._host}]' if ':' in self._host else self._host}:{self._port}"

    async def start(self) -> None:
        """Listen; raises SettingsError where the address cannot be used."""
        app = web.Application()
        app.router.add_get("/metrics", self._metrics)
        app.router.add_get("/healthz", self._health)
        app.router.add_get("/readyz", self._ready)
        app.router.add_get("/", self._status)
        app.router.add_routes(Api(self._view).routes())
        self._runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=1.0)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._host, self._port).start()
        except OSError as error:
            await self.stop()
            raise SettingsError(_cannot_listen(self._host, self._port, error)) from None

    async def stop(self) -> None:
        """Close the listening socket and end what is under way."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None
        self._renderer.shutdown(wait=False, cancel_futures=True)

    async def _metrics(self, request: web.Request) -> web.Response:
        samples = await self._samples()
        accept = request.headers.get("Accept", "")
        page, content_type = await asyncio.get_running_loop().run_in_executor(self._renderer, self._page, samples, accept)
        response = web.Response(body=page, headers={"Content-Type": content_type})
        response.enable_compression()
        return response

    def _page(self, samples: list[Sample], accept: str) -> tuple[bytes, str]:
        return render(translated(samples, self._view.named_queues), self._cap, accept)

    async def _samples(self) -> list[Sample]:
        """Read shard by shard: 500 queues take tens of milliseconds together, and the loop has work to do."""
        samples: list[Sample] = []
        for part in self._view.parts():
            samples.extend(part)
            await asyncio.sleep(0)
        return samples

    async def _health(self, _request: web.Request) -> web.Response:
        return _answer(self._view.not_alive())

    async def _ready(self, _request: web.Request) -> web.Response:
        return _answer(self._view.not_ready())

    async def _status(self, _request: web.Request) -> web.Response:
        status = status_of(self._view.about, self._view.not_ready(), await self._samples())
        return web.Response(body=msgspec.json.format(msgspec.json.encode(status), indent=2), content_type="application/json")


def _answer(reason: str | None) -> web.Response:
    return web.Response(text="ok\n") if reason is None else web.Response(status=503, text=f"{reason}\n")


def _cannot_listen(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} on {host} is in use: another worker runs there, or choose another with SLA_WEB_PORT"
    return f"cannot listen on {host}:{port} ({error.strerror or error}): set SLA_WEB_HOST and SLA_WEB_PORT"
