"""``python -m monitor.console`` is ``sla-monitor``."""

from monitor.console.entry import main

main()
