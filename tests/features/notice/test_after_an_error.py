"""An answer given anew, after an earlier one was entered in error, stands."""

from pathlib import Path

from app.clinic.consents import (
    ConsentGiven,
    Purpose,
    record_consents,
    standing_consents,
)
from app.clinic.corrections import ErrorReason, enter_in_error
from app.core.change import Authorship
from app.core.projections import by_type
from app.core.records import RecordType
from app.core.values import Decision, GivenBy
from tests.clinic.desks import Table
from tests.features.notice.test_effects import be_told, run, shown, somebody
from tests.storage.tablets import BO, PORT


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


def test_a_refusal_that_nobody_here_saw_is_not_replaced_by_a_yes(
    tmp_path: Path,
) -> None:
    async def scenario(table: Table) -> None:
        route = somebody(table, "en")
        async with shown(table, route) as client:
            await be_told(client)
            await client.tap("notice.continue")
            await client.tap("notice.consent.2.yes")
            no = ConsentGiven(Purpose.RESEARCH, Decision.NO, GivenBy.SELF)
            elsewhere = record_consents(route.patient_id, (no,), table.desk.ids)
            table.vault.commit(elsewhere, author=Authorship(BO, PORT.site_id))
            await client.tap("notice.save")
            await client.until(lambda: client.shows("notice.saved"))
        (standing,) = standing_consents(table.vault.documents(route.patient_id))
        assert standing.decision is Decision.NOT_ASKED
        assert set(standing.conflicts()) == {"decision"}

    run(tmp_path, scenario)
