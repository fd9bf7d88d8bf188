"""The part of the walk in which somebody of another site is looked up."""

import re

from tests.browser import strangers
from tests.browser.clinic import Clinic
from tests.browser.tour import Tour


def looking_up(walk: Tour, clinic: Clinic) -> None:
    """Nobody is found on the tablet; the server has them, by their card."""
    hands, given = walk.hands, f"Halima {walk.tag}"
    (card,) = clinic.cards(1)
    strangers.somebody_elsewhere(clinic, card, given)
    hands.write("Find a person: name, card or phone", card)
    hands.sees("Nobody was found on this tablet")
    walk.shoot("home-nobody")
    hands.press("Ask the server for somebody of another site")
    hands.write("Code on the card", card)
    hands.pick("The person is here now")
    walk.shoot("look-up")
    hands.press("Ask the server")
    hands.find("Open the record").wait_for()
    walk.shoot("look-up-found")
    hands.press("Open the record")
    hands.sees(re.compile(given))
    hands.go_home()
