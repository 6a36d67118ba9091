"""Contacts: the fold of events into clocks, cycles and verdicts."""
