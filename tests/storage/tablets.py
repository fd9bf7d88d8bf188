"""Tablets of a test: a folder, a clock to set, and an enrolled vault."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from app.core.canonical import Json
from app.core.change import Change, RecordKey
from app.core.ids import Ids
from app.core.records import RecordType
from app.core.values import NameStatus, PersonName
from app.core.wire import (
    Deployment,
    DeviceInfo,
    Notice,
    PractitionerInfo,
    Setup,
    SiteInfo,
)
from app.storage import (
    Enrolment,
    FileDeviceSecret,
    PinCost,
    Saved,
    UnlockPolicy,
    Vault,
    VaultFile,
)
from tests.support.operations import SequentialIds, SettableWall

QUICK = PinCost(memory_kib=64, iterations=1)
"""Argon2id's least: a test's PIN protects nobody."""

ANA, BO = "practitioner-ana", "practitioner-bo"
PIN, OTHER_PIN = "428193", "739164"
PORT = SiteInfo(site_id="site-port", name="Port", zone="Europe/Athens")
SETUP = Setup(
    deployment=Deployment(
        deployment_id="deployment",
        name="Test",
        controller="Test controller",
        contact="test@example.org",
        retention_days=30,
    ),
    site=PORT,
    sites=(PORT,),
    practitioners=(
        PractitionerInfo(practitioner_id=ANA, name="Anastasia", role="nurse"),
        PractitionerInfo(practitioner_id=BO, name="Bohdana", role="mediator"),
    ),
    devices=(DeviceInfo(device_id="device-a", name="A", site_id=PORT.site_id),),
    notice=Notice(version="1"),
    plan={},
)


@dataclass
class Seconds:
    """A monotonic clock that stands still until a test moves it."""

    now: float = 1_000.0

    def __call__(self) -> float:
        """Return the seconds."""
        return self.now


@dataclass
class Tablet:
    """A tablet's folder and what a vault is given; `open` as often as it restarts."""

    folder: Path
    wall: SettableWall = field(default_factory=SettableWall)
    seconds: Seconds = field(default_factory=Seconds)
    ids: Ids = field(default_factory=SequentialIds)

    @property
    def vault_folder(self) -> Path:
        """Where the vault lies."""
        return self.folder / "vault"

    @property
    def database(self) -> Path:
        """The vault's file."""
        return self.vault_folder / "vault.db"

    @property
    def secret(self) -> FileDeviceSecret:
        """The device secret, apart from the vault."""
        return FileDeviceSecret(self.folder / "device-secret")

    def open(self) -> VaultFile:
        """Open the vault's file, still locked."""
        policy = UnlockPolicy(cost=QUICK, monotonic=self.seconds)
        return VaultFile(self.vault_folder, self.secret, self.wall, self.ids, policy)

    def open_enrolled(self) -> VaultFile:
        """Open the vault's file, enrolled if it was not."""
        vault_file = self.open()
        if not vault_file.enrolled:
            vault_file.enrol(enrolment())
        return vault_file

    def unlocked(self) -> tuple[VaultFile, Vault]:
        """Open the vault and unlock it as Ana, who chooses her PIN the first time."""
        vault_file = self.open_enrolled()
        if vault_file.has_slots:
            return vault_file, vault_file.unlock(ANA, PIN)
        return vault_file, vault_file.choose_pin(ANA, PIN)

    def unlocked_after_waiting(self) -> tuple[VaultFile, Vault]:
        """Do the same, but wait as long as it asks for."""
        vault_file = self.open()
        self.seconds.now += vault_file.wait_seconds(ANA)
        return vault_file, vault_file.unlock(ANA, PIN)


def enrolment() -> Enrolment:
    """What a server answers to a one-time code."""
    return Enrolment(
        server_url="https://tessera.example.org",
        token="token-of-device",
        epoch="epoch-1",
        server_public_key=bytes(range(32)),
        card_secret=bytes(range(32, 64)),
        setup=SETUP,
    )


def patient(patient_id: str) -> RecordKey:
    """The key of a Patient."""
    return RecordKey(RecordType.PATIENT, patient_id, patient_id)


def named(latin: str, original: str = "") -> dict[str, Json]:
    """The field `name` of a Patient."""
    return {"name": PersonName(NameStatus.SAID, original, latin).to_json()}


def change_of(*writes: tuple[RecordKey, Mapping[str, Json]]) -> Change:
    """A change of these writes."""
    change = Change()
    for key, fields in writes:
        change.set(key, fields)
    return change


def save_patient(vault: Vault, patient_id: str, latin: str) -> Saved:
    """Save a Patient with a name."""
    return vault.commit(change_of((patient(patient_id), named(latin))))
