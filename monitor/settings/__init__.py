"""Settings come from the environment only (``SLA_…``), checked once at the start; secrets may come from files (``SLA_…_FILE``)."""

from monitor.settings.load import load
from monitor.settings.model import Settings

__all__ = ["Settings", "load"]
