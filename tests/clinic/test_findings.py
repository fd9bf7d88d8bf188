"""What screenings say: of answers that conflict every danger stands."""

from app.clinic.findings import flags_in
from app.clinic.library import read_library
from app.clinic.screening import response_key
from app.core.canonical import Json
from app.core.change import Authorship
from app.core.merge import Document, new_document
from app.core.projections import ResponseView
from tests.support.operations import SettableWall, WritingDevice

LIBRARY = read_library()
VITALS = LIBRARY.forms[1]
KEY = response_key("patient", "response")


def pulse(digits: str, flag: str) -> dict[str, Json]:
    unit: Json = {"value": digits, "code": "/min"}
    answer: Json = {"values": [{"valueQuantity": unit}], "flags": [flag]}
    return {"questionnaire": VITALS.canonical, "answer.:heart-rate": answer}


def written_apart(*fields: dict[str, Json]) -> Document:
    """What devices make that do not see each other; the later one wrote later."""
    document: Document | None = None
    for place, each in enumerate(fields):
        wall = SettableWall()
        wall.now_ms += place * 1_000
        device = WritingDevice(f"d{place}", Authorship(f"nurse-{place}", "port"), wall)
        ((operation, _bytes),) = device.write((KEY, each))
        document = (document or new_document(operation)).apply(operation)
    assert document is not None
    return document


def test_of_two_dangers_at_one_question_the_graver_is_not_hidden_by_the_newer() -> None:
    document = written_apart(
        pulse("160", "heart-rate-very-high"), pulse("140", "heart-rate-high")
    )
    flags = flags_in(ResponseView(document), LIBRARY)
    assert {(flag.code, flag.urgent) for flag in flags} == {
        ("heart-rate-very-high", True),
        ("heart-rate-high", False),
    }
    assert all(flag.raised_at for flag in flags)
