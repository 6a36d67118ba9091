"""Panes: counters, sums and sketches of one slot, their roll-ups and merges."""
