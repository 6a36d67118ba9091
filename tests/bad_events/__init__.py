"""Every bad event of tests/events/bad, published live, becomes a dead letter with its reason."""
