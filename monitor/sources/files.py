"""Recorded logs as numbered lines of text: plain, ``.xz`` or ``.gz``; every trouble with the file is a SourceError."""

import gzip
import lzma
import zlib
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

from monitor.errors import SourceError


def _open(path: Path) -> AbstractContextManager[Iterable[bytes]]:
    if path.suffix == ".xz":
        return lzma.open(path, "rb")
    if path.suffix == ".gz":
        return gzip.open(path, "rb")
    return path.open("rb")


def read_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield ``(line number, text without its end)``; text is UTF-8 where it can be, else Latin-1, so that no byte stops a reader.

    Raises SourceError naming file and line when the file is missing, a folder, or its compression is broken.
    """
    number = 0
    try:
        with _open(path) as stream:
            for number, raw in enumerate(stream, start=1):
                yield number, _text(raw.rstrip(b"\r\n"))
    except (lzma.LZMAError, EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise SourceError(f"{path}:{number + 1}: the compressed file is damaged or cut short ({error}); fetch it again") from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise SourceError(f"{path}: cannot be read ({reason}); give the path of a recorded log, plain, .xz or .gz") from error


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError:
        return raw.decode("latin-1")
