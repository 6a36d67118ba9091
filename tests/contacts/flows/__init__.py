"""Rules about the order of events on one contact."""
