"""Opening hours: which instants count, and when a target is used up (P1-P8)."""
