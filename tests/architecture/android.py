"""What a tablet can install: the compiled packages that exist for Android."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, distribution

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

# Flet's index of Android wheels, as seen on 2026-08-21; None where any version will do.
WHEELS: dict[str, str | None] = {
    "apsw": None,
    "argon2-cffi-bindings": "25.1.0",
    "cffi": None,
    "cryptography": "48.0.0",
    "greenlet": "3.5.1",
    "lxml": None,
    "markupsafe": None,
    "msgpack": None,
    "msgspec": None,
    "numpy": None,
    "orjson": None,
    "pillow": None,
    "pydantic-core": "2.47.0",
    "pyyaml": None,
    "rapidfuzz": None,
    "sqlalchemy": "2.0.50",
    "zstandard": "0.25.0",
}
# Pure packages that a wheel above ties to one version: pydantic pins its core.
TIED = {"pydantic": "2.14.0a1"}

ENVIRONMENT = {
    "extra": "",
    "implementation_name": "cpython",
    "os_name": "posix",
    "platform_machine": "aarch64",
    "platform_python_implementation": "CPython",
    "platform_system": "Android",
    "python_full_version": "3.14.0",
    "python_version": "3.14",
    "sys_platform": "android",
}


@dataclass(frozen=True, slots=True)
class Package:
    """One installed package of the client, and what it asks for on a tablet."""

    name: str
    version: str
    is_pure: bool
    requirements: tuple[Requirement, ...]

    @property
    def tablet_version(self) -> str | None:
        """The only version that a tablet can have, where there is such a one."""
        return TIED.get(self.name) or WHEELS.get(self.name)

    @property
    def speaks_for_the_tablet(self) -> bool:
        """Whether the ranges that this machine's copy states hold on a tablet."""
        only = self.tablet_version
        return only is None or Version(only) == Version(self.version)


def closure(dependencies: Iterable[str]) -> dict[str, Package]:
    """The packages that a tablet installs for these requirements, by name."""
    found: dict[str, Package] = {}
    todo = [Requirement(text) for text in dependencies]
    while todo:
        name = canonicalize_name(todo.pop().name)
        if name not in found:
            found[name] = _package(name)
            todo += found[name].requirements
    return found


def refused(requirement: Requirement, *, prereleases: bool) -> str | None:
    """The tablet's version of what is asked for, where the range excludes it.

    Without `prereleases` a pre-release is admitted only where the range names one,
    which is what an installer does with what a project itself asks for.
    """
    name = canonicalize_name(requirement.name)
    only = TIED.get(name) or WHEELS.get(name)
    range_ = requirement.specifier
    admitted = prereleases or bool(range_.prereleases)
    if only is None or range_.contains(only, prereleases=admitted):
        return None
    return f"{requirement} excludes {only}"


def _package(name: str) -> Package:
    found = distribution(name)
    return Package(name, found.version, _is_pure(found), tuple(_requirements(found)))


def _requirements(found: Distribution) -> Iterator[Requirement]:
    for text in found.requires or []:
        requirement = Requirement(text)
        if requirement.marker is None or requirement.marker.evaluate(ENVIRONMENT):
            yield requirement


def _is_pure(found: Distribution) -> bool:
    wheel = found.read_text("WHEEL") or ""
    tags = [line for line in wheel.splitlines() if line.startswith("Tag:")]
    return bool(tags) and all(tag.endswith("-none-any") for tag in tags)
