"""HTTP of a worker: metrics, health, status."""
