"""Suspicion: at which position a processor failed, how often, so that the record is tried alone before a verdict on it."""

from agents.runtime.order import Step, Suspect


class Suspicion:
    """The one suspect position of a shard and the attempts at it."""

    def __init__(self) -> None:
        self.suspect: Suspect | None = None
        self._attempts = 0

    def failed(self, topic: str, offset: int) -> int:
        """The processor failed here; returns how often it has by now."""
        here = Suspect(topic, offset)
        if here != self.suspect:
            self.suspect, self._attempts = here, 0
        self._attempts += 1
        return self._attempts

    def covers(self, step: Step) -> bool:
        """Whether this step is the suspect."""
        return self.suspect is not None and step.topic == self.suspect.topic and step.raws[0].offset == self.suspect.offset

    def passed(self, steps: list[Step]) -> None:
        """These steps are behind us: a suspect among them is cleared."""
        if self.suspect is not None and any(step.topic == self.suspect.topic and step.raws[-1].offset >= self.suspect.offset for step in steps):
            self.clear()

    def clear(self) -> None:
        """Suspect nothing."""
        self.suspect, self._attempts = None, 0
