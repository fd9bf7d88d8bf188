"""What tests of erasure share: people with names to look for, and where to look."""

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import select
from sqlmodel import SQLModel

from app.core.audit import AuditEvent, AuditKind, audit_subject
from app.core.change import RecordKey
from app.core.erasure_wire import ErasureReason
from sync_server.context import Context
from sync_server.services.audit_verify import verify
from sync_server.services.erasure import Erasing, erase
from tests.server.deployments import TestDeployment
from tests.support.operations import WritingDevice

NAME = "Zarqawanda Mbekithole"
ANSWER = "nightmares-of-quixotania"
ERASED = RecordKey("Patient", "p1", "p1")
ANSWERS = RecordKey("QuestionnaireResponse", "r1", "p1")
OTHER = RecordKey("Patient", "p2", "p2")


def said(text: str) -> dict[str, str]:
    """Return a name as a person says it."""
    return {"status": "said", "text": text}


def write_both(device: WritingDevice) -> None:
    """Write the person who will be erased, with an answer, and somebody else."""
    device.write((ERASED, {"name": said(NAME)}), (ANSWERS, {"note": ANSWER}))
    device.write((OTHER, {"name": said("Somebody Else")}))


def write_event(deployment: TestDeployment, device: WritingDevice, why: str) -> None:
    """Let a tablet send that a closed section of the person was broken open."""
    subject = audit_subject(deployment.context.secrets.card_secret, device.device_id)
    event_id = device.ids.new()
    event = AuditEvent(
        event_id, AuditKind.BREAK_GLASS, 1, deployment.nurse_id, "p1", why
    )
    device.write((RecordKey("AuditEvent", event_id, subject), event.fields()))


def erase_p1(context: Context) -> None:
    """Erase the person."""
    erase(context, Erasing("p1", ErasureReason.PERSON_ASKED))


def everything(context: Context) -> str:
    """Return every value of every row."""
    with context.database.read() as connection:
        return "".join(
            repr(tuple(row))
            for table in SQLModel.metadata.sorted_tables
            for row in connection.execute(select(table))
        )


def broken(context: Context) -> list[str]:
    """Return the chains that don't hold."""
    with context.database.read() as connection:
        return [f"{c.name}: {c.why}" for c in verify(connection) if c.broken_at]


def files_with(folder: Path, *texts: str) -> Iterator[Path]:
    """Yield the files below a folder in which one of the texts stands."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            raw = path.read_bytes()
            if any(text.encode() in raw for text in texts):
                yield path
