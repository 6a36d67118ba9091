"""Timelines as people write them: YAML with offsets from a start, read into events and judged offline."""
