"""Faust and Kafka: the application, the shard runtime and one thin file per processor."""
