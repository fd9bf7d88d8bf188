"""Changes that stand aside: rows of what was refused, by what one save wrote."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, exists, select

from app.core.operation import (
    EncodedOperation,
    Header,
    Operation,
    OperationError,
    decode_header,
    decode_operation,
)
from app.core.problems import ProblemCode
from app.core.records import RecordType
from sync_server.database import AnyRow
from sync_server.problems import ProblemError
from sync_server.services import setup
from sync_server.services.site_scope import Sites
from sync_server.set_aside_tables import LEFT_OUT
from sync_server.tables import OPERATION, SET_ASIDE

_MOST = 5_000
"""Operations that are looked through at most; the oldest come first."""
_IN_LOG = exists().where(
    OPERATION.c.operation_id == SET_ASIDE.c.operation_id,
    OPERATION.c.header_digest == SET_ASIDE.c.header_digest,
)
IS_LEFT_OUT = exists().where(LEFT_OUT.c.header_digest == SET_ASIDE.c.header_digest)
# Of whom was erased nothing is left to decide.
_STANDS = and_(SET_ASIDE.c.reason != ProblemCode.ERASED.value, ~_IN_LOG)
_COLUMNS = (
    SET_ASIDE.c.header_digest,
    SET_ASIDE.c.device_id,
    SET_ASIDE.c.reason,
    SET_ASIDE.c.header,
    SET_ASIDE.c.received_at,
)


@dataclass(frozen=True, slots=True)
class Change:
    """The rows of one change, in the order in which it names them; one row at least.

    `heads` are of those whose header can be read; `site_id` is where it was written,
    or the tablet's where nobody knows.
    """

    device_id: str
    rows: tuple[AnyRow, ...]
    heads: tuple[Header, ...]
    site_id: str

    @property
    def set_aside_id(self) -> str:
        """What it is named by."""
        return bytes(self.rows[0].header_digest).hex()

    @property
    def digests(self) -> frozenset[bytes]:
        """The header digests of its operations."""
        return frozenset(bytes(row.header_digest) for row in self.rows)

    @property
    def patient_id(self) -> str:
        """Whose record it is; "" where no header can be read."""
        is_person = RecordType.PATIENT.value
        named = sorted(self.heads, key=lambda head: head.record_type != is_person)
        return named[0].patient_id if named else ""

    @property
    def reason(self) -> ProblemCode:
        """Why it was set aside: of the part that is to blame."""
        reasons = [ProblemCode(row.reason) for row in self.rows]
        incomplete = ProblemCode.CHANGE_INCOMPLETE
        return next((each for each in reasons if each != incomplete), incomplete)


def changes(
    connection: Connection,
    sites: Sites,
    which: ColumnElement[bool],
    most: int | None = _MOST,
) -> list[Change]:
    """Return changes that stand aside at these sites, oldest first."""
    query = select(*_COLUMNS).where(_STANDS, which)
    query = query.order_by(SET_ASIDE.c.received_at, SET_ASIDE.c.header_digest)
    return _grouped(connection, connection.execute(query.limit(most)), sites)


def _grouped(
    connection: Connection, rows: Iterable[AnyRow], sites: Sites
) -> list[Change]:
    groups: dict[tuple[str, ...], list[tuple[AnyRow, Header | None]]] = {}
    for row in rows:
        head = head_of(row.header)
        key = (
            ("", bytes(row.header_digest).hex())
            if head is None
            else (row.device_id, head.change.change_id)
        )
        groups.setdefault(key, []).append((row, head))
    if not groups:
        return []
    known = {site.site_id for site in setup.sites(connection)}
    home = {each.device_id: each.site_id for each in setup.devices(connection)}
    found = [_change(group, known, home) for group in groups.values()]
    return [each for each in found if sites.allow((each.site_id,))]


def _change(
    group: list[tuple[AnyRow, Header | None]], known: set[str], home: dict[str, str]
) -> Change:
    ordered = sorted(group, key=lambda one: one[1].change.index if one[1] else 0)
    heads = tuple(head for _row, head in ordered if head is not None)
    rows = tuple(row for row, _head in ordered)
    device_id = rows[0].device_id
    written_at = [head.site_id for head in heads if head.site_id in known]
    site_id = written_at[0] if written_at else home.get(device_id, "")
    return Change(device_id, rows, heads, site_id)


def head_of(raw: bytes) -> Header | None:
    """Return a header, or None where it can't be read."""
    try:
        head = decode_header(raw)[0]
    except OperationError:
        return None
    texts = head.patient_id + head.site_id + head.practitioner_id
    return head if texts.isprintable() else None


def find(connection: Connection, sites: Sites, set_aside_id: str) -> Change:
    """Return a change that stands aside, left out or not; raise not-found."""
    found = find_all(connection, sites, [set_aside_id])
    if not found:
        raise ProblemError(ProblemCode.NOT_FOUND)
    return found[0]


def find_all(
    connection: Connection, sites: Sites, set_aside_ids: Iterable[str]
) -> list[Change]:
    """Return those of these changes that stand aside, left out or not."""
    wanted = set(set_aside_ids)
    digests = [digest for each in wanted if (digest := _digest(each)) is not None]
    of_these = SET_ASIDE.c.header_digest.in_(digests)
    query = select(SET_ASIDE.c.device_id).where(of_these).distinct()
    of_devices = SET_ASIDE.c.device_id.in_([*connection.scalars(query)])
    found = changes(connection, sites, of_devices, most=None)
    return [change for change in found if change.set_aside_id in wanted]


def _digest(set_aside_id: str) -> bytes | None:
    try:
        return bytes.fromhex(set_aside_id)
    except ValueError:
        return None


def operations(connection: Connection, change: Change) -> tuple[list[Operation], int]:
    """Return the operations of a change, and how many can't be read."""
    whole = stored(connection, change.digests)
    found: list[Operation] = []
    for row in change.rows:
        try:
            found.append(decode_operation(whole[bytes(row.header_digest)]))
        except OperationError:
            continue
    return found, len(change.rows) - len(found)


def stored(
    connection: Connection, digests: frozenset[bytes]
) -> dict[bytes, EncodedOperation]:
    """Return what stands aside, whole, by header digest."""
    columns = (SET_ASIDE.c.header, SET_ASIDE.c.salt, SET_ASIDE.c.content)
    query = select(SET_ASIDE.c.header_digest, *columns)
    rows = connection.execute(query.where(SET_ASIDE.c.header_digest.in_(digests)))
    return {
        bytes(row.header_digest): EncodedOperation(row.header, row.salt, row.content)
        for row in rows
    }
