"""What must be installed for the runtime to be correct, checked before anything starts."""

from importlib import import_module

from aiokafka import codec

from monitor.errors import SettingsError

CODECS = {
    "gzip": codec.has_gzip,
    "snappy": codec.has_snappy,
    "lz4": codec.has_lz4,
    "zstd": codec.has_zstd,
}


def check_installation() -> None:
    """Raise SettingsError unless every compression codec and Faust's compiled streams are there.

    Without a codec one compressed batch stops its partition for ever; Faust's pure Python streams acknowledge events of an earlier
    assignment unprocessed.
    """
    missing = [name for name, available in CODECS.items() if not available()]
    if missing:
        raise SettingsError(f"the compression codecs {', '.join(missing)} are missing: install aiokafka[lz4,snappy,zstd]")
    if getattr(import_module("faust.streams"), "_CStreamIterator", None) is None:
        raise SettingsError("Faust is installed without its compiled parts: install the faust-streaming wheel, and unset NO_CYTHON")
