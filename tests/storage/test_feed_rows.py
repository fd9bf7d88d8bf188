"""What a page of the feed adds at once: whole, counted, the same as one by one."""

from app.storage import Vault
from app.storage.totals import Totals
from tests.storage.tablets import Tablet, named, patient
from tests.storage.test_feed import item, other_device, page, written


def counted_anew(vault: Vault) -> dict[str, int]:
    """Return what each patient counts, read from the vault's rows."""
    parts = vault._parts
    assert parts is not None
    name = vault.setup.deployment.deployment_id
    return dict(Totals(name).by_patient(parts))


def test_rows_are_counted_as_if_each_was_written_alone(tablet: Tablet) -> None:
    vault_file, vault = tablet.unlocked()
    writes = [(patient(f"p{n}"), named(f"Omar {n}")) for n in range(30)]
    items = written(*writes)
    vault.apply_feed(page(*items, items[3], cursor="epoch-1.1"))
    assert [len(vault.operations(f"p{n}")) for n in range(30)] == [1] * 30
    assert vault.verify() == frozenset()
    vault_file.close()
    vault_file, vault = tablet.unlocked()
    assert vault.verify() == frozenset()
    assert len(vault.search("omar", 50)) == 30
    vault_file.close()


def test_the_same_operation_later_in_a_page_brings_its_clamp(vault: Vault) -> None:
    device = other_device()
    ((_operation, encoded),) = device.write((patient("p1"), named("Omar")))
    vault.apply_feed(page(item(device, encoded, 1), item(device, encoded, 1, 5)))
    (entry,) = vault.operations("p1")
    assert entry.clamp_ms == 5
    document = vault.document("p1")
    assert document is not None
    assert [w.clamp_ms for w in document.writes("name")] == [5]


def bring_two_pages(vault: Vault) -> None:
    device = other_device()
    first = device.write((patient("p1"), named("Omar")))
    more = device.write(
        (patient("p1"), {"language": "ar"}), (patient("p2"), named("Salma"))
    )
    for each in (first, more):
        items = [item(device, encoded, n) for n, (_op, encoded) in enumerate(each, 1)]
        vault.apply_feed(page(*items, cursor=f"epoch.{len(items)}"))


def test_a_known_patients_records_join_those_that_come(vault: Vault) -> None:
    bring_two_pages(vault)
    document = vault.document("p1")
    assert document is not None
    assert {"name", "language"} <= set(document.fields)
    assert [s.patient_id for s in vault.search("salma")] == ["p2"]
    assert vault.verify() == frozenset()


def test_what_pages_count_is_what_their_rows_count(vault: Vault) -> None:
    bring_two_pages(vault)
    assert vault.set_aside() == ()
    total = vault.total()
    assert total is not None
    assert total == sum(counted_anew(vault).values()) % (1 << 128)
