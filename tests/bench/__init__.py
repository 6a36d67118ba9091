"""Throughput and delay beside the peers: each program prints ``name: value`` lines measured in the same run (design §11)."""
