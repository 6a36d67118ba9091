"""Queues: windows as merges of panes, indicators, objectives and their alerts."""
