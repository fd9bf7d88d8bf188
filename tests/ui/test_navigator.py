from app.ui.navigator import Navigator, Place
from app.ui.routes import Home, Record, Register, Sync, Unlock


def test_back_goes_back_by_one_and_stops_at_the_first() -> None:
    navigator = Navigator(Home())
    navigator.go(Register())
    assert navigator.back()
    assert navigator.top.route == Home()
    assert not navigator.back()
    assert navigator.top.route == Home()


def test_replace_keeps_what_lies_behind() -> None:
    navigator = Navigator(Home())
    navigator.go(Register())
    navigator.replace(Record("patient"))
    navigator.back()
    assert navigator.top.route == Home()


def test_reset_leaves_nothing_behind() -> None:
    navigator = Navigator(Home())
    navigator.go(Register())
    navigator.reset(Unlock())
    assert not navigator.can_go_back
    assert navigator.top.route == Unlock()


def test_two_visits_to_one_route_are_two_places() -> None:
    navigator = Navigator(Home())
    first = navigator.top
    navigator.reset(Home())
    assert navigator.top != first


def test_an_address_on_the_stack_leads_back_to_its_place() -> None:
    navigator = Navigator(Home())
    home = navigator.top.path
    navigator.go(Register())
    navigator.go(Record("patient"))
    assert navigator.open_path(home)
    assert navigator.top.route == Home()


def test_an_address_that_was_left_leads_nowhere() -> None:
    navigator = Navigator(Home())
    navigator.go(Register())
    left = navigator.top.path
    navigator.back()
    assert not navigator.open_path(left)
    assert navigator.top.route == Home()


def test_addresses_name_nobody() -> None:
    navigator = Navigator(Home())
    navigator.go(Record("8d7c0a52"))
    assert "8d7c0a52" not in navigator.top.path


def test_a_screen_that_was_left_moves_nobody() -> None:
    navigator = Navigator(Home())
    navigator.go(Register())
    register = Place(navigator, navigator.top)
    navigator.back()
    register.go(Sync())
    register.replace(Sync())
    register.back()
    register.reset(Unlock())
    assert navigator.top.route == Home()


def test_listeners_hear_of_each_move_until_they_stop() -> None:
    navigator, heard = Navigator(Home()), []
    stop = navigator.subscribe(lambda: heard.append(navigator.top.route))
    navigator.go(Register())
    stop()
    navigator.back()
    assert heard == [Register()]
