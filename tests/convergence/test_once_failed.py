"""Stories that failed once, as short as they could be made; each was a real fault."""

from dataclasses import replace

import pytest

from tests.convergence.promises import check
from tests.convergence.story import Event, Kind, Setting, Story

# A change was set aside, and accepted only after the backup to which its server fell
# back: the chain was as long as before, so nobody missed it.
ACCEPTED_AFTER_THE_BACKUP = (
    Event(Kind.WRITE, 0, 1230499491),
    Event(Kind.SYNC, 0, 348561859),
    Event(Kind.BACK_UP_SERVER, 0, 3295952063),
    Event(Kind.HIRE, 1, 3261418468),
    Event(Kind.SYNC, 0, 260672383),
    Event(Kind.RESTORE_SERVER, 1, 3664387514),
)
STORIES = [ACCEPTED_AFTER_THE_BACKUP]

MODEL = Setting(1062, tablets=2, vaults=0, has_real_log=False, fallible="server")
SETTINGS = [
    MODEL,
    replace(MODEL, has_real_log=True),
    replace(MODEL, has_real_log=True, vaults=2),
]


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda each: each.name)
@pytest.mark.parametrize("events", STORIES)
def test_a_story_that_failed_once_fails_no_more(
    setting: Setting, events: tuple[Event, ...]
) -> None:
    check(Story(setting, events))
