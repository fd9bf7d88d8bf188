"""When and how people arrived: set once, carried on to the next registrations."""

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from app.core.canonical import Json
from app.core.document_json import as_mapping
from app.core.values import NO_ARRIVAL, Arrival
from app.i18n.digits import ascii_digits, parse_integer

CARRIED_FOR_MS = 24 * 60 * 60 * 1000
"""After this an arrival is another day's, and is asked for again."""
MAX_AGO_DAYS = 60
"""An arrival further back is a slip: the legal clock would start years ago."""
_MS = 1000
_DAY_MS = 24 * 60 * 60 * _MS


@dataclass(frozen=True, slots=True)
class ArrivalEntry:
    """As it was typed; `is_set` once somebody confirmed it or it was carried on."""

    is_set: bool = False
    place: str = ""
    vessel: str = ""
    day: str = ""
    month: str = ""
    year: str = ""
    time: str = ""

    def arrival(self, zone: str) -> Arrival | None:
        """Return what it means in a site's zone; None where the time is impossible.

        What nobody confirmed is no arrival: a guess would start a legal clock.
        """
        if not self.is_set:
            return NO_ARRIVAL
        at = self._at(zone)
        if at is None:
            return None
        return Arrival(self.place.strip(), self.vessel.strip(), at)

    def _at(self, zone: str) -> int | None:
        parts = [parse_integer(text) for text in (self.year, self.month, self.day)]
        clock = _clock(self.time)
        if clock is None or any(part is None for part in parts):
            return None
        year, month, day = (part or 0 for part in parts)
        try:
            local = datetime(year, month, day, *clock, tzinfo=ZoneInfo(zone))
            return int(local.timestamp()) * _MS
        except (ValueError, OverflowError):
            return None


def is_likely(arrived_at: int, now_ms: int) -> bool:
    """Tell whether an instant may be an arrival: past, and not long ago."""
    return now_ms - MAX_AGO_DAYS * _DAY_MS <= arrived_at <= now_ms


def arrival_at(at_ms: int, zone: str) -> ArrivalEntry:
    """Return an entry nobody confirmed yet, with the day and time of an instant."""
    local = datetime.fromtimestamp(at_ms // _MS, tz=UTC).astimezone(ZoneInfo(zone))
    return ArrivalEntry(
        day=str(local.day),
        month=str(local.month),
        year=str(local.year),
        time=f"{local:%H:%M}",
    )


def entry_of(arrival: Arrival, zone: str) -> ArrivalEntry:
    """Return the entry that a recorded arrival would have been typed as."""
    if arrival.arrived_at is None:
        return ArrivalEntry()
    blank = arrival_at(arrival.arrived_at, zone)
    return ArrivalEntry(
        is_set=True,
        place=arrival.place,
        vessel=arrival.vessel,
        day=blank.day,
        month=blank.month,
        year=blank.year,
        time=blank.time,
    )


def carry(arrival: Arrival, now_ms: int) -> dict[str, Json]:
    """Return what is kept on this tablet for the next registrations."""
    return {"arrival": arrival.to_json(), "set_at": now_ms}


def carried(value: Json, now_ms: int) -> Arrival:
    """Return the arrival carried on; none where it was set on another day."""
    members = as_mapping(value)
    set_at = members.get("set_at")
    if not isinstance(set_at, int) or now_ms - set_at > CARRIED_FOR_MS:
        return NO_ARRIVAL
    return Arrival.from_json(members.get("arrival"))


def _clock(typed: str) -> tuple[int, int] | None:
    """Return hour and minute of what was typed as 9:05, 9.05 or 0905."""
    text = ascii_digits(typed).strip().replace(".", ":").replace(" ", "")
    hour, sign, minute = text.partition(":")
    if not sign:
        hour, minute = text[:-2], text[-2:]
    if not (hour.isdigit() and minute.isdigit() and len(minute) == len("00")):
        return None
    return int(hour), int(minute)
