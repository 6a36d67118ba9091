"""Offline replay: the same processors over a log in memory, without a broker; what live runs are compared with (design §4, §10)."""
