"""A whole session of a tablet, step by step; each step is saved when it returns."""

from collections.abc import Callable
from dataclasses import dataclass, field

from app.core.change import Authorship, RecordKey
from app.core.problems import ProblemCode
from app.core.records import RecordType
from app.core.wire import FeedItem, Outcome, PullResponse, PushOutcome, PushResponse
from app.storage import Vault, VaultFile
from tests.storage.tablets import (
    ANA,
    BO,
    OTHER_PIN,
    PIN,
    PORT,
    SETUP,
    Tablet,
    change_of,
    enrolment,
    named,
    patient,
)
from tests.support.operations import WritingDevice, envelope

PATIENTS = ("p1", "p2", "p3", "p9")
RESPONSE = RecordKey(RecordType.QUESTIONNAIRE_RESPONSE, "r1", "p1")


@dataclass
class Session:
    """A tablet at work."""

    tablet: Tablet
    vault_file: VaultFile = field(init=False)
    vault: Vault = field(init=False)

    def open(self) -> None:
        self.vault_file = self.tablet.open()

    def enrol(self) -> None:
        self.vault_file.enrol(enrolment())

    def identify(self) -> None:
        assert self.vault_file.identity.device_id

    def choose_pin(self) -> None:
        self.vault = self.vault_file.choose_pin(ANA, PIN)

    def unlock(self) -> None:
        self.vault = self.vault_file.unlock(ANA, PIN)

    def add_colleague(self) -> None:
        self.vault.add_slot(BO, OTHER_PIN)

    def register(self) -> None:
        phone = RecordKey(RecordType.CONTACT_POINT, "c1", "p1")
        self.vault.commit(
            change_of(
                (patient("p1"), named("Amina")),
                (phone, {"system": "phone", "value": "+49170998877"}),
            )
        )

    def register_another(self) -> None:
        self.vault.commit(change_of((patient("p2"), named("Omar"))))

    def answer(self) -> None:
        self.vault.save_draft("d1", "p1", b'{"one": 1}')

    def answer_more(self) -> None:
        self.vault.save_draft("d1", "p1", b'{"one": 1, "two": 2}')

    def answer_elsewhere(self) -> None:
        self.vault.save_draft("d2", "p2", b'{"three": 3}')

    def save_answers(self) -> None:
        fields = {"answer.one": {"value": 1}, "answer.two": {"value": 2}}
        self.vault.commit(change_of((RESPONSE, fields)), drop_draft="d1")

    def correct(self) -> None:
        self.vault.commit(change_of((RESPONSE, {"answer.one": {"value": 9}})))

    def acknowledge(self) -> None:
        """Take the server's answer: one refused, the others accepted."""
        batch = self.vault.pending()
        assert batch is not None
        entries = [e for p in PATIENTS for e in self.vault.operations(p)]
        ids = [entry.header.operation_id for entry in entries]
        outcomes = tuple(
            PushOutcome(operation_id=one, outcome=Outcome.ACCEPTED) for one in ids[1:]
        )
        refused = PushOutcome(
            operation_id=ids[0],
            outcome=Outcome.REJECTED,
            reason=ProblemCode.UNKNOWN_SITE,
        )
        self.vault.record_outcomes(
            PushResponse(
                outcomes=(refused, *outcomes),
                acknowledged=100,
                server_ms=0,
                epoch="epoch-1",
            )
        )

    def pull(self) -> None:
        device = WritingDevice("device-b", Authorship(BO, PORT.site_id))
        encoded = [
            device.write((patient("p9"), named("Selam")))[0][1],
            device.write((patient("p9"), {"sex": "female"}))[0][1],
        ]
        items = tuple(
            FeedItem(sequence=n, device_id="device-b", operation=envelope(one))
            for n, one in enumerate(encoded, start=1)
        )
        page = PullResponse(cursor="epoch-1.2", items=items, more=False, server_ms=0)
        self.vault.apply_feed(page)

    def renew(self) -> None:
        self.vault.renew_setup(SETUP.model_copy(update={"plan": {"renewed": 1}}))

    def lock(self) -> None:
        self.vault.close()

    def save_after_lock(self) -> None:
        self.vault.commit(change_of((patient("p3"), named("Oksana"))))

    def close(self) -> None:
        self.vault_file.close()


STEPS: tuple[Callable[[Session], None], ...] = (
    Session.open,
    Session.enrol,
    Session.identify,
    Session.choose_pin,
    Session.add_colleague,
    Session.register,
    Session.answer,
    Session.answer_more,
    Session.save_answers,
    Session.register_another,
    Session.answer_elsewhere,
    Session.acknowledge,
    Session.pull,
    Session.renew,
    Session.correct,
    Session.lock,
    Session.unlock,
    Session.save_after_lock,
    Session.lock,
    Session.close,
)


def view_before(vault_file: VaultFile) -> tuple[object, ...]:
    """What a locked vault shows."""
    who = frozenset(
        e.practitioner.practitioner_id for e in vault_file.practitioners() if e.has_pin
    )
    return vault_file.connection, vault_file.setup, who


def view_of(vault: Vault) -> tuple[object, ...]:
    """Everything that was said to be saved, as an unlocked vault shows it."""
    counts = vault.counts()
    links = counts.operations + counts.set_aside + 20
    return (
        tuple(vault.documents(p) for p in PATIENTS),
        tuple(vault.operations(p) for p in PATIENTS),
        tuple(vault.summary(p) for p in PATIENTS),
        vault.drafts(),
        counts,
        vault.set_aside(),
        vault.cursor(),
        tuple(vault.chain_digest(number) for number in range(links)),
    )


def view(vault_file: VaultFile) -> tuple[object, ...]:
    """What a vault that was opened again shows; it is left unlocked."""
    before = view_before(vault_file)
    if not vault_file.has_slots:
        return before
    vault = vault_file.unlock(ANA, PIN)
    assert vault.damaged == frozenset()
    assert vault_file.kept_files == ()
    return (*before, *view_of(vault))
