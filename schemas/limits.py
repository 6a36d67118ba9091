"""Sizes that are part of the contract (design §4): beyond them a record is refused as ``too_large``."""

from typing import Final

VALUE_BYTES: Final = 64 * 1024
ID_CHARACTERS: Final = 128
STRING_CHARACTERS: Final = 256
SEQUENCE_MAX: Final = 2**63 - 1
