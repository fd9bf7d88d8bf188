"""An answer given anew, after an earlier one was entered in error, stands."""

from pathlib import Path

from app.clinic.consents import standing_consents
from app.clinic.corrections import ErrorReason, enter_in_error
from app.core.projections import by_type
from app.core.records import RecordType
from app.core.values import Decision
from tests.clinic.desks import Table
from tests.features.notice.test_effects import be_told, run, shown, somebody


def test_a_refusal_after_an_answer_in_error_is_kept(tmp_path: Path) -> None:
    async def scenario(table: Table) -> None:
        route = somebody(table, "en")
        for answer in ("yes", "no"):
            async with shown(table, route) as client:
                if answer == "yes":
                    await be_told(client)
                await client.tap("notice.continue")
                await client.tap(f"notice.consent.2.{answer}")
                await client.tap("notice.save")
                await client.until(lambda: client.shows("notice.saved"))
            documents = table.vault.documents(route.patient_id)
            if answer == "yes":
                wrong = by_type(documents, RecordType.CONSENT)
                table.desk.save(enter_in_error(wrong, ErrorReason.MISTYPED))
        (standing,) = standing_consents(table.vault.documents(route.patient_id))
        assert standing.decision is Decision.NO

    run(tmp_path, scenario)
