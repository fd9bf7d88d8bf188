"""What one round of sync has done so far."""

from dataclasses import dataclass, field
from threading import Event

from app.core.problems import ProblemCode
from app.core.wire import Outcome, PullResponse, PushResponse
from app.storage.errors import StorageError
from app.sync.channel import Traffic
from app.sync.failures import SyncFailure
from app.sync.report import OnProgress, SetAside, SyncReport


@dataclass(slots=True)
class Run:
    """What one round has done so far."""

    traffic: Traffic
    started_at: int
    progress: OnProgress
    cancel: Event
    pushed: int = 0
    accepted: int = 0
    duplicates: int = 0
    set_aside: list[SetAside] = field(default_factory=list)
    pulled: int = 0
    failure: ProblemCode | None = None
    wait_seconds: int | None = None
    clock_ahead_ms: int | None = None
    is_another: bool = False
    differed: int = 0

    def count_push(self, answer: PushResponse, now: int) -> None:
        """Count what the server answered to a batch."""
        self.clock_ahead_ms = now - answer.server_ms
        for outcome in answer.outcomes:
            self.pushed += 1
            match outcome.outcome:
                case Outcome.ACCEPTED:
                    self.accepted += 1
                case Outcome.DUPLICATE:
                    self.duplicates += 1
                case Outcome.REJECTED:
                    reason = outcome.reason or ProblemCode.UNEXPECTED
                    self.set_aside.append(SetAside(outcome.operation_id, reason))

    def count_pull(self, page: PullResponse, device_id: str, now: int) -> None:
        """Count what others wrote in a page."""
        self.clock_ahead_ms = now - page.server_ms
        self.pulled += sum(item.device_id != device_id for item in page.items)

    def stopped_by(self, failure: SyncFailure | StorageError) -> None:
        """Keep why it ended before its end."""
        self.failure = failure.code
        if isinstance(failure, SyncFailure):
            self.wait_seconds = failure.details.wait_seconds

    def report(self, ended_at: int, traffic: Traffic) -> SyncReport:
        """Return what it did."""
        return SyncReport(
            started_at=self.started_at,
            ended_at=ended_at,
            pushed=self.pushed,
            accepted=self.accepted,
            duplicates=self.duplicates,
            set_aside=tuple(self.set_aside),
            pulled=self.pulled,
            sent_bytes=traffic.sent - self.traffic.sent,
            received_bytes=traffic.received - self.traffic.received,
            failure=self.failure,
            wait_seconds=self.wait_seconds,
            cancelled=self.cancel.is_set() and self.failure is None,
            clock_ahead_ms=self.clock_ahead_ms,
            is_another=self.is_another,
            differed=self.differed,
        )
