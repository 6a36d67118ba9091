"""A backlog delays verdicts and never falsifies them (P36)."""
