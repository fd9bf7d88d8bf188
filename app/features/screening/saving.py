"""Writing a screening: drafts in order, pages as changes, and the end."""

from app.clinic import findings, screening
from app.clinic.answering import save_page
from app.clinic.desk import Desk
from app.clinic.drafting import DraftKeeper, Settling
from app.core.change import Change, Heads
from app.core.projections import ResponseView
from app.core.records import RecordType
from app.core.values import ResponseStatus
from app.features.screening.doing import Finish, KeepDraft, SavePage
from app.features.screening.drafting import by_author, content_of
from app.features.screening.loading import draft_id_of, load, response_id
from app.features.screening.model import Loaded
from app.ui.routes import Screening


class Saver:
    """One screening's way to the vault. Its calls block, and run one by one."""

    def __init__(self, desk: Desk, route: Screening) -> None:
        self._desk = desk
        self._route = route
        self._keeper: DraftKeeper | None = None

    def load(self) -> Loaded:
        """Read the record and the draft."""
        return load(self._desk, self._route, self._kept())

    def keep(self, draft: KeepDraft) -> None:
        """Keep a draft."""
        self._kept().keep(content_of(draft))

    def drop(self) -> None:
        """Forget the draft."""
        self._kept().drop()

    def save(self, saving: SavePage) -> None:
        """Write a page, and drop the draft with it."""
        self._commit(self._page(saving))

    def finish(self, end: Finish) -> None:
        """Write the last page and the end, all of it or nothing."""
        saving = end.saving
        key = screening.response_key(self._route.patient_id, saving.response_id)
        page = self._page(saving)
        if end.reason is not None:
            stop = screening.stop(key, end.reason, _seen_status(saving))
            self._commit(screening.joined(page, stop))
            return
        status = ResponseStatus.COMPLETED
        if end.is_amended:
            status = ResponseStatus.AMENDED
        ending = findings.Ending(status, self._desk.wall())
        form, ids = saving.page.form, self._desk.ids
        done = findings.complete(key, form, end.state, ending, ids)
        documents = self._desk.vault.documents(self._route.patient_id)
        findings.keep_disputed(done, key, saving.page.disputed, ids)
        done = findings.rewritten(done, documents, saving.response_id)
        self._commit(screening.joined(page, done))

    def _page(self, saving: SavePage) -> Change:
        """Return a page's change; the status that it may end with was seen, or not."""
        key = screening.response_key(self._route.patient_id, saving.response_id)
        page = save_page(key, saving.page)
        page.set(key, {}, {"status": _seen_status(saving)})
        if saving.is_new and not self._is_begun(saving.response_id):
            visit, form = self._route.encounter_id, saving.page.form
            begun = screening.begin(key, visit, form, saving.first)
            return screening.joined(begun, page)
        if saving.first_changed:
            page.set(key, saving.first_changed)
        return page

    def _is_begun(self, record_id: str) -> bool:
        """Tell whether it goes on already; one that ended early begins anew."""
        document = self._desk.vault.document(record_id)
        if document is None:
            return False
        if document.record_type != RecordType.QUESTIONNAIRE_RESPONSE:
            raise LookupError("the record is no response")
        return ResponseView(document).status is not ResponseStatus.STOPPED

    def _commit(self, change: Change) -> None:
        """Save a change; answers that a colleague left in the draft stay theirs."""

        def commit(settling: Settling) -> None:
            saver = self._desk.practitioner.practitioner_id
            parts = by_author(change, settling.kept, saver)
            self._desk.save_parts(parts.pop(saver), parts, settling)

        self._kept().settle(commit)

    def _kept(self) -> DraftKeeper:
        if self._keeper is None:
            draft_id = draft_id_of(response_id(self._desk, self._route))
            vault = self._desk.vault
            self._keeper = DraftKeeper(vault, draft_id, self._route.patient_id)
        return self._keeper


def _seen_status(saving: SavePage) -> Heads:
    return saving.page.seen.get("status", ())
