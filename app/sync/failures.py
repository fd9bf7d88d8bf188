"""Why a talk with the server stopped: one tree, each leaf with a problem code.

    SyncFailure
    ├── Unreachable        nobody answered: no network, server down, name unknown
    ├── ConnectionCut      the talk began and broke off; nobody knows what arrived
    ├── Unauthenticated    the server does not know this device or session
    ├── ServerFault        the server answered that it failed, or is too busy
    ├── WrongCertificate   another machine answers than the one enrolled with
    ├── ProtocolMismatch   something answered, but not as /v1 does
    └── Refused            the server said no, with its reason

Everything in the tree is safe to meet at any point of a round and to try again.
No failure carries a payload, an address or an exception's text.
"""

from dataclasses import dataclass

from app.core.problems import ProblemCode
from app.core.wire import Problem


class SyncFailure(Exception):
    """Base: the talk with the server stopped for a reason with a stable code."""

    def __init__(
        self, code: ProblemCode, problem: "ProblemDetails | None" = None
    ) -> None:
        super().__init__(code.value)
        self.code = code
        self.details = problem or ProblemDetails()


@dataclass(frozen=True, slots=True)
class ProblemDetails:
    """What a server adds to its reason (RFC 9457), as far as we act upon it."""

    status: int | None = None
    wait_seconds: int | None = None
    expected: int | None = None


class Unreachable(SyncFailure):
    """Nobody answered."""

    def __init__(self) -> None:
        super().__init__(ProblemCode.UNREACHABLE)


class ConnectionCut(SyncFailure):
    """The talk began and broke off; what was sent may or may not have arrived."""

    def __init__(self) -> None:
        super().__init__(ProblemCode.CONNECTION_CUT)


class ProtocolMismatch(SyncFailure):
    """Something answered, but not as a Tessera server of this version does."""

    def __init__(self) -> None:
        super().__init__(ProblemCode.PROTOCOL_MISMATCH)


class WrongCertificate(SyncFailure):
    """Another machine answers than this tablet was enrolled with; nothing was sent."""

    def __init__(self) -> None:
        super().__init__(ProblemCode.SERVER_CERTIFICATE_WRONG)


class Unauthenticated(SyncFailure):
    """The server does not know this device or session, or revoked it."""


class ServerFault(SyncFailure):
    """The server answered that it failed, or is too busy."""


class Refused(SyncFailure):
    """The server said no, with its reason."""


_WHO_ARE_YOU = frozenset(
    {
        ProblemCode.UNAUTHENTICATED,
        ProblemCode.UNKNOWN_DEVICE,
        ProblemCode.DEVICE_REVOKED,
    }
)
_FIRST_SERVER_ERROR = 500


def failure_of(status: int, problem: Problem | None) -> SyncFailure:
    """Return the failure that an answer with an error status stands for.

    A reason that only a newer server knows is a refusal all the same. What a bad line
    damaged is sent again, as after a cut.
    """
    details = ProblemDetails(status)
    if problem is not None:
        details = ProblemDetails(status, problem.wait_seconds, problem.expected)
    code = _code(problem)
    if status >= _FIRST_SERVER_ERROR:
        busy = code is ProblemCode.SERVER_BUSY
        return ServerFault(code if busy else ProblemCode.SERVER_FAULT, details)
    if problem is None:
        return ProtocolMismatch()
    if code is ProblemCode.BODY_DAMAGED:
        return ConnectionCut()
    if code in _WHO_ARE_YOU:
        return Unauthenticated(code, details)
    return Refused(code, details)


def _code(problem: Problem | None) -> ProblemCode:
    if problem is None:
        return ProblemCode.UNEXPECTED
    try:
        return ProblemCode(problem.type.rpartition(":")[2].rpartition("/")[2])
    except ValueError:
        return ProblemCode.UNEXPECTED
