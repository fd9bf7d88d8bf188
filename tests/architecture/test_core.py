"""The core stands on the standard library, pydantic and msgspec; FHIRPath has one seam.

msgspec checks a record while it parses it; pydantic is what crosses the wire.
"""

import sys
from collections.abc import Iterable

from tests.architecture.places import CODE, imported, short, sources

SEAM = {"fhirpathpy"}


def test_the_core_imports_the_standard_library_pydantic_and_msgspec_only() -> None:
    found: set[str] = set().union(
        *(_packages(imported(path)) for path in sources("app/core"))
    )
    foreign = found - sys.stdlib_module_names - {"app"}
    assert foreign - SEAM == {"msgspec", "pydantic", "pydantic_core"}


def test_the_core_knows_no_other_part_of_the_app() -> None:
    found = {name for path in sources("app/core") for name in imported(path)}
    own = {name for name in found if name.startswith("app.")}
    assert {name for name in own if not name.startswith("app.core")} == set()


def test_fhirpath_is_spoken_to_in_one_place() -> None:
    speakers = [short(p) for p in sources(*CODE) if SEAM & _packages(imported(p))]
    assert len(speakers) == 1, speakers


def _packages(names: Iterable[str]) -> set[str]:
    return {name.partition(".")[0] for name in names}
