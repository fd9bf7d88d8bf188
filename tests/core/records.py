"""Documents made of real operations, for tests of what they say."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.core.canonical import Json
from app.core.change import Authorship, Change, RecordKey, build
from app.core.clock import HybridClock
from app.core.ids import RandomIds
from app.core.merge import Document, new_document
from app.core.operation import Operation


@dataclass
class Log:
    """One device's operations and what they fold to; `now_ms` is its wall clock."""

    device_id: str = "tablet-a"
    practitioner_id: str = "nurse"
    site_id: str = "port"
    now_ms: int = 1_000
    documents: dict[str, Document] = field(default_factory=dict)
    operations: list[Operation] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._clock = HybridClock(self.device_id, lambda: self.now_ms)

    def write(self, key: RecordKey, fields: Mapping[str, Json]) -> Document:
        """Write fields of one record, as one change."""
        change = Change()
        change.set(key, fields)
        self.save(change)
        return self.documents[key.record_id]

    def save(self, change: Change) -> None:
        """Build a change and fold it."""
        author = Authorship(self.practitioner_id, self.site_id)
        look_up = self.documents.get
        for operation, _bytes in build(
            change, author, self._clock, RandomIds(), look_up
        ):
            self.take(operation)

    def take(self, operation: Operation, clamp_ms: int | None = None) -> None:
        """Fold an operation, this device's own or another's."""
        self.operations.append(operation)
        found = self.documents.get(operation.header.record_id)
        document = found or new_document(operation)
        self.documents[document.record_id] = document.apply(operation, clamp_ms)
