"""The contract: events in, verdicts, alerts and panes out, and the topics that carry them. Imports msgspec only."""
