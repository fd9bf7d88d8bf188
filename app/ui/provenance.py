"""Who wrote a value, on which tablet, at which site, when: in words."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.core.merge import Write
from app.core.timeline import Moment
from app.core.wire import Setup
from app.i18n import Translator, formats


@dataclass(frozen=True, slots=True, order=True)
class Named:
    """What somebody is called; "" of whom nothing is known here."""

    name: str = ""
    is_confirmed: bool = True


NOBODY = Named()


@dataclass(frozen=True, slots=True)
class Names:
    """What ids of practitioners, devices and sites are called; each site's zone."""

    practitioners: Mapping[str, str] = field(default_factory=dict)
    devices: Mapping[str, str] = field(default_factory=dict)
    sites: Mapping[str, str] = field(default_factory=dict)
    zones: Mapping[str, str] = field(default_factory=dict)
    """A time is shown as it was on the wall where it was written."""
    unconfirmed: frozenset[str] = frozenset()
    """Practitioners whom a colleague added, and no administrator confirmed."""

    def named(self, practitioner_id: str) -> Named:
        """Return what a practitioner is called."""
        name = self.practitioners.get(practitioner_id, "")
        return Named(name, practitioner_id not in self.unconfirmed)


NO_NAMES = Names()


def names_of(setup: Setup) -> Names:
    """Return the names that a tablet knows of its deployment."""
    return Names(
        setup.practitioner_names,
        {d.device_id: d.name for d in setup.devices},
        {s.site_id: s.name for s in setup.sites},
        {s.site_id: s.zone for s in setup.sites},
        setup.unconfirmed,
    )


def called(t: Translator, who: Named) -> str:
    """Somebody's name, marked where nobody confirmed it."""
    name = t.isolate(who.name) if who.name else t.gettext("Somebody unknown here")
    doubt = t.gettext("Not confirmed yet")
    return name if who.is_confirmed else f"{name} · {doubt}"


def of_write(t: Translator, write: Write, names: Names) -> str:
    """Who, tablet, site and time of one value."""
    place = (write.practitioner_id, write.at.device_id, write.site_id)
    when = formats.instant(t, write.effective_ms, zone_of(write.site_id, names))
    return " · ".join((*_known(t, place, names), when))


def by(t: Translator, moment: Moment, names: Names) -> str:
    """Who, tablet and site of one save; its time stands apart."""
    place = (moment.practitioner_id, moment.device_id, moment.site_id)
    return " · ".join(_known(t, place, names))


def when(t: Translator, moment: Moment, names: Names) -> str:
    """The time of one save, at its site."""
    return formats.instant(t, moment.at_ms, zone_of(moment.site_id, names))


def zone_of(site_id: str, names: Names) -> str:
    """A site's zone; of a site that is not known here, the world's."""
    return names.zones.get(site_id, "UTC")


def _known(t: Translator, place: tuple[str, str, str], names: Names) -> list[str]:
    practitioner_id, device_id, site_id = place
    found = (names.devices.get(device_id), names.sites.get(site_id))
    known = (t.isolate(each) for each in found if each)
    return [called(t, names.named(practitioner_id)), *known]
