"""Holding the code that was typed again against the record that is to be erased."""

from sqlalchemy import Connection, select

from app.core.ids import CardCodeError, parse_card_code, patient_id_of_card
from app.core.problems import ProblemCode
from sync_server.context import Context
from sync_server.problems import ProblemError
from sync_server.services.erasure import is_erased
from sync_server.tables import DOCUMENT


def require_code(
    context: Context, connection: Connection, patient_id: str, typed: str
) -> None:
    """Raise not-found, or card-code-wrong unless it is the person's card or their id.

    A card's code gives the id, so no document has to be read. A request that is sent
    again after the person is gone passes.
    """
    if not patient_id.isprintable():
        raise ProblemError(ProblemCode.MALFORMED)
    of_patient = DOCUMENT.c.patient_id == patient_id
    there = connection.execute(select(DOCUMENT.c.record_id).where(of_patient)).first()
    if there is None and not is_erased(connection, patient_id):
        raise ProblemError(ProblemCode.NOT_FOUND)
    if typed.strip() != patient_id and _patient_of(context, typed) != patient_id:
        raise ProblemError(ProblemCode.CARD_CODE_WRONG)


def _patient_of(context: Context, typed: str) -> str:
    try:
        code = parse_card_code(typed)
    except CardCodeError:
        return ""
    return patient_id_of_card(context.secrets.card_secret, code)
