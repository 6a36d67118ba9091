"""Whole-program checks: the real command line against a real broker, judged by a client that no one here wrote (librdkafka)."""
