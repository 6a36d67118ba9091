"""The command line: ``sla-monitor COMMAND``. The composition root; each command is a small module that wires parts and prints."""

from monitor.console.entry import main

__all__ = ["main"]
