"""The door of a processor without ticks: records of its sources are read, everything else is refused."""

from typing import Generic, TypeVar

import msgspec

from monitor.panes.holding import Sent
from monitor.panes.sources import Source
from monitor.processing import Record
from schemas.reasons import Reason, Refused

Message = TypeVar("Message", bound=Sent)


class Intake(Generic[Message]):
    """Reads what the expected sources send; ``kinds`` names it for people: ``contacts and watermarks``."""

    def __init__(self, decoder: msgspec.json.Decoder[Message], sources: frozenset[Source], kinds: str) -> None:
        self._decoder, self._sources, self._kinds = decoder, sources, kinds

    def read(self, record: Record) -> tuple[Message, Source, bytes]:
        """What a record says, which source said it, and its bytes. Raises Refused: no value, unreadable, or not from a source."""
        if record.value is None:
            raise Refused(Reason.TOMBSTONE, f"{self._kinds} always have a value")
        try:
            message = self._decoder.decode(record.value)
        except msgspec.DecodeError as error:
            raise Refused(Reason.MALFORMED, str(error)) from None
        source = (message.processor, message.partition)
        if source not in self._sources:
            raise Refused(Reason.CONTRACT, f"{source[0]} {source[1]} is not one of the sources of this deployment")
        return message, source, record.value
