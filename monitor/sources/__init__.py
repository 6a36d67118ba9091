"""Where traffic comes from: readers of recorded logs and a seeded traffic model."""
