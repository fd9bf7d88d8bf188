"""Which screen stands for which route of a tablet."""

from collections.abc import Callable
from typing import Any, Protocol, assert_never

from app.bootstrap.tablet import TabletProcess
from app.clinic.desk import Desk
from app.features.amend import effects as amend
from app.features.amend.view import view as amend_view
from app.features.colleagues import effects as colleagues
from app.features.colleagues.view import view as colleagues_view
from app.features.confidential import effects as confidential
from app.features.confidential import reading_effects as reading
from app.features.confidential.reading_view import view as reading_view
from app.features.confidential.view import view as confidential_view
from app.features.enrol import effects as enrol
from app.features.enrol.view import view as enrol_view
from app.features.forgotten import effects as forgotten
from app.features.forgotten.view import view as forgotten_view
from app.features.handover import effects as handover
from app.features.handover.view import view as handover_view
from app.features.home import effects as home
from app.features.home.view import view as home_view
from app.features.languages import effects as languages
from app.features.languages.view import view as languages_view
from app.features.look_up import effects as look_up
from app.features.look_up.view import view as look_up_view
from app.features.notice import effects as notice
from app.features.notice.view import view as notice_view
from app.features.record import effects as record
from app.features.record.view import view as record_view
from app.features.register import effects as register
from app.features.register.view import view as register_view
from app.features.restore import effects as restore
from app.features.restore.view import view as restore_view
from app.features.result import effects as result
from app.features.result.view import view as result_view
from app.features.screening import effects as screening
from app.features.screening.returning import way_back
from app.features.screening.view import view as screening_view
from app.features.sync import effects as sync
from app.features.sync.view import view as sync_view
from app.features.tablet import effects as tablet_
from app.features.tablet.view import view as tablet_view
from app.features.trouble import effects as trouble
from app.features.trouble.view import view as trouble_view
from app.features.unlock import effects as unlock
from app.features.unlock.view import view as unlock_view
from app.features.visit import effects as visit
from app.features.visit.view import view as visit_view
from app.i18n import formats
from app.storage import KeptParcel, Vault, kept_parcels
from app.ui import routes as to
from app.ui.device import Device
from app.ui.frame import Frame
from app.ui.look import Look
from app.ui.navigator import Place
from app.ui.record_words import RecordWords
from app.ui.screen import Screen
from app.ui.source import Source
from app.ui.work import Work


class Session(Protocol):
    """What screens need of a tablet's session."""

    process: TabletProcess
    look: Source[Look]
    work: Work
    """Of the screens of an unlocked session: a lock waits for it."""
    door_work: Work
    """Of the screens before: it may wait for a lock."""
    device: Device

    @property
    def desk(self) -> Desk:
        """What screens need; only while unlocked."""

    def unlock(self, open_vault: Callable[[], Vault]) -> None:
        """Open the vault for this session; another one is locked first. Blocks."""

    def connect_again(self, code: str) -> None:
        """Enrol this tablet again with a one-time code; raises SyncFailure."""

    def look_up(self, patient_id: str, reason: str) -> None:
        """Hold somebody of another site from now on; raises SyncFailure."""

    def way_back(self) -> tuple[to.Route, ...]:
        """Where whoever unlocked goes on; only while unlocked."""

    def begin_again(self, nothing_changed: Callable[[], None]) -> None:
        """Open the vault's file once more, and show what stands now."""


def make_screen(session: Session, place: Place) -> Screen:
    """Make the screen of a place."""
    match place.route:
        case to.Enrol() | to.Restore():
            return _fresh(session, place)
        case (
            to.Unlock() | to.Handover() | to.Forgotten() | to.Languages() | to.Trouble()
        ):
            return _before_unlock(session, place)
        case (
            to.Record()
            | to.Amend()
            | to.Confidential()
            | to.Disclosure()
            | to.Sync()
            | to.Home()
            | to.Colleagues()
            | to.ThisTablet()
        ):
            return _of_records(session, place)
        case _:
            return _of_care(session, place)


def _fresh(session: Session, place: Place) -> Screen:
    """On a tablet that has no records yet."""
    process = session.process
    if isinstance(place.route, to.Restore):
        bench = restore.Bench(
            process.restore, process.file, process.settings.server, session.device
        )
        return Screen(restore.loop(bench, session.door_work, place), restore_view)
    file = process.file()
    tablet = enrol.NewTablet(
        file, process.settings.server, process.station.set, kept_parcels(file.folder)
    )
    return Screen(enrol.loop(tablet, session.door_work, place), enrol_view)


def _before_unlock(session: Session, place: Place) -> Screen:
    process = session.process
    match place.route:
        case to.Unlock(sent_away):
            door = unlock.Door(
                process.file(),
                session.unlock,
                session.way_back,
                process.wall,
                process.unsent_changed.subscribe,
            )
            loop = unlock.loop(door, session.door_work, place, sent_away)
            return Screen(loop, unlock_view)
        case to.Handover() as out:
            return _handover(session, out)
        case to.Forgotten():
            door_ = forgotten.Door(process.file(), session.unlock, session.way_back)
            again = forgotten.loop(door_, session.door_work, place)
            return Screen(again, forgotten_view)
        case to.Trouble(problem, kept):
            found = trouble.Found(problem, kept)
            trying = trouble.loop(session.begin_again, place, found)
            return Screen(trying, trouble_view)
        case _:
            return Screen(languages.loop(session.look), languages_view)


def _handover(session: Session, out: to.Handover) -> Screen:
    process = session.process
    file = process.file()
    counter = handover.Counter(
        KeptParcel(file.folder / out.kept) if out.kept else file,
        None if out.kept else file.connection,
        session.device,
        process.wall,
        process.unsent_changed.tell,
    )
    return Screen(handover.loop(counter, session.door_work, out.way), handover_view)


def _of_records(session: Session, place: Place) -> Screen:
    desk, work, process = session.desk, session.work, session.process
    match place.route:
        case to.Record(patient_id):
            loop = record.loop(desk, work, place, patient_id)
            return Screen(loop, _with_words(record_view, desk))
        case to.Amend() as route:
            loop_ = amend.loop(desk, work, place, route)
            return Screen(loop_, _with_words(amend_view, desk))
        case to.Confidential() | to.Disclosure():
            return _of_disclosures(session, place, place.route)
        case to.Colleagues():
            return Screen(colleagues.loop(desk, work, place), colleagues_view)
        case to.ThisTablet() | to.Sync():
            return _of_this_tablet(session, place)
        case _:
            waiting = home.loop(desk, work, place, process.station.set)
            return Screen(waiting, home_view)


def _of_this_tablet(session: Session, place: Place) -> Screen:
    desk, work, process = session.desk, session.work, session.process
    if isinstance(place.route, to.ThisTablet):
        keeping = tablet_.Keeping(process.settings.data, session.device)
        return Screen(tablet_.loop(desk, work, keeping), tablet_view)
    line = sync.Line(process.scheduler, session.device, session.connect_again)
    return Screen(sync.loop(desk, work, place, line), sync_view)


def _of_disclosures(
    session: Session, place: Place, route: to.Confidential | to.Disclosure
) -> Screen:
    desk, work = session.desk, session.work
    match route:
        case to.Confidential(patient_id):
            note = confidential.loop(desk, work, place, patient_id)
            return Screen(note, confidential_view)
        case to.Disclosure():
            return Screen(reading.loop(desk, work, route), reading_view)
        case _:
            assert_never(route)


def _of_care(session: Session, place: Place) -> Screen:
    desk, work = session.desk, session.work
    match place.route:
        case to.LookUp():
            asking = look_up.loop(desk, work, place, session.look_up)
            return Screen(asking, look_up_view)
        case to.Register() as route:
            return Screen(register.loop(desk, work, place, route), register_view)
        case to.Notice() as route_:
            return Screen(notice.loop(desk, work, place, route_), notice_view)
        case to.Plan(patient_id, encounter_id):
            loop = visit.loop(desk, work, place, patient_id, encounter_id)
            return Screen(loop, visit_view)
        case to.Screening() as asked:
            loop_ = screening.loop(desk, work, place, session.look, asked)
            return Screen(loop_, screening_view, lambda m: way_back(asked, m))
        case to.Result() as done:
            return Screen(result.loop(desk, work, place, done), result_view)
        case other:
            raise LookupError(f"a tablet has no screen for {type(other).__name__}")


def _with_words(
    draw: Callable[[Any, Any, Look, RecordWords], Frame], desk: Desk
) -> Callable[[Any, Any, Look], Frame]:
    """Hand a view the words for records, as of the moment of drawing."""

    def view(model: Any, dispatch: Any, look: Look) -> Frame:
        zone = desk.setup.site.zone
        today = formats.local_day(desk.wall(), zone)
        return draw(
            model, dispatch, look, RecordWords(look.t, desk.library, zone, today)
        )

    return view
