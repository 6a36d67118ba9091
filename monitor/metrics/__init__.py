"""The metric catalogue and the collector over owned shard state."""
