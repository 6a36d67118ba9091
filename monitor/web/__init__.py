"""The pages of a worker: metrics, health, readiness, status."""

from monitor.web.server import WebServer
from monitor.web.view import About, WorkerView

__all__ = ["About", "WebServer", "WorkerView"]
