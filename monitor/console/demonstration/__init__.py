"""The parts of ``sla-monitor demo``: what flows, the stage it flows on, the board that shows it, the summary at the end."""
