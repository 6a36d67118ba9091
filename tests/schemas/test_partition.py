"""One key, one partition, whoever sends it: ours against Kafka's Java vectors, aiokafka and librdkafka (design §4)."""

import ctypes
from importlib import import_module
from pathlib import Path

import confluent_kafka
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.partition import murmur2, partition_of

AIOKAFKA = import_module("aiokafka.partitioner").DefaultPartitioner()

# The vectors of UtilsTest.testMurmur2 in Apache Kafka.
JAVA = {
    b"21": -973932308,
    b"foobar": -790332482,
    b"a-little-bit-long-string": -985981536,
    b"a-little-bit-longer-string": -1486304829,
    b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8": -58897971,
    b"abc": 479470107,
}


@pytest.fixture(scope="module")
def librdkafka() -> ctypes.CDLL:
    (library,) = (Path(confluent_kafka.__file__).parent.parent / "confluent_kafka.libs").glob("librdkafka-*.so*")
    return ctypes.CDLL(str(library))


@pytest.mark.parametrize("key", JAVA, ids=lambda key: f"{key.decode()} hashes as in the Java client")
def test_java_vectors(key: bytes) -> None:
    assert murmur2(key) == JAVA[key] % 2**32


@settings(max_examples=200, deadline=None)
@given(key=st.binary(min_size=1, max_size=40), partitions=st.integers(1, 200))
def test_same_partition_as_aiokafka(key: bytes, partitions: int) -> None:
    assert partition_of(key, partitions) == AIOKAFKA(key, list(range(partitions)), [])


@settings(max_examples=200, deadline=None)
@given(key=st.binary(min_size=1, max_size=40), partitions=st.integers(1, 200))
def test_same_partition_as_librdkafka_with_murmur2_random(librdkafka: ctypes.CDLL, key: bytes, partitions: int) -> None:
    choose = librdkafka.rd_kafka_msg_partitioner_murmur2_random
    assert partition_of(key, partitions) == choose(None, key, ctypes.c_size_t(len(key)), ctypes.c_int32(partitions), None, None)


def test_librdkafka_without_the_setting_puts_keys_elsewhere(librdkafka: ctypes.CDLL) -> None:
    """Why ``wrong_partition`` exists: librdkafka's default is another hash."""
    keys = [b"call-%d" % n for n in range(50)]
    choose = librdkafka.rd_kafka_msg_partitioner_consistent_random
    theirs = [choose(None, key, ctypes.c_size_t(len(key)), ctypes.c_int32(4), None, None) for key in keys]
    assert theirs != [partition_of(key, 4) for key in keys]
