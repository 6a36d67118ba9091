"""One loop for all processors: slices, shards, transactions, ticks (design §4)."""
