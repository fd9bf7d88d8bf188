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


def test_only_the_addresses_of_the_stack_are_known() -> None:
    navigator = Navigator(Home())
    home = navigator.top.path
    navigator.go(Register())
    left = navigator.top.path
    navigator.back()
    assert navigator.has_path(home)
    assert not navigator.has_path(left)


def test_a_screens_own_way_back_goes_first_and_ends_with_the_screen() -> None:
    navigator, asked = Navigator(Home()), []
    navigator.go(Register())
    navigator.own_back(navigator.top, lambda: asked.append("asked"))
    assert navigator.press_back()
    assert (asked, navigator.top.route) == (["asked"], Register())
    navigator.back()
    assert not navigator.press_back()
    assert asked == ["asked"]


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
