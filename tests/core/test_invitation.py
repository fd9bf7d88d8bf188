"""An invitation survives copying, and nothing else is taken for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.device_report import DeviceReport, read_report
from app.core.invitation import Invitation, is_pin, parted, pinned, read_invitation

PIN = "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA"
WHOLE = Invitation("https://10.0.0.7:8420", "7H3K-Q9VZ-2M4", PIN)


@pytest.mark.parametrize("text", ["{}", " {}\n", "\t{}  "])
def test_what_was_written_is_read_back(text: str) -> None:
    for invitation in (WHOLE, Invitation("https://t.example", "7H3K-Q9VZ-2M4")):
        assert read_invitation(text.format(invitation.to_text())) == invitation


def test_broken_lines_and_small_letters_do_no_harm() -> None:
    text = WHOLE.to_text().replace(" ", "\n").replace("TESSERA", "tessera")
    assert read_invitation(text) == WHOLE


@pytest.mark.parametrize(
    "text",
    [
        "",
        "7H3K-Q9VZ-2M4",
        "https://10.0.0.7:8420",
        "TESSERA https://10.0.0.7:8420",
        f"TESSERA https://10.0.0.7 7H3K-Q9VZ-2M4 {PIN[:-1]}",
        f"TESSERA https://10.0.0.7 7H3K-Q9VZ-2M4 {PIN} more",
        "OTHER https://10.0.0.7 7H3K-Q9VZ-2M4",
    ],
)
def test_nothing_else_is_an_invitation(text: str) -> None:
    assert read_invitation(text) is None


@given(st.text(max_size=60))
def test_an_address_and_its_pin_are_told_apart(address: str) -> None:
    assert parted(pinned(address or "x", PIN)) == (address or "x", PIN)
    without, pin = parted(address)
    assert pinned(without, pin) == address
    assert is_pin(pin) or pin == ""


@given(
    st.builds(
        DeviceReport,
        st.from_regex(r"[0-9]\.[0-9]{1,3}\.[0-9]", fullmatch=True).filter(str.isascii),
        st.integers(0, 10**9 - 1),
        st.none() | st.integers(0, 10**14),
        st.integers(0, 10**14),
    )
)
def test_a_report_is_read_as_it_was_written(report: DeviceReport) -> None:
    assert read_report(report.to_header()) == report


@pytest.mark.parametrize(
    "text", ["", "0.1.0;1;;", "0.1.0;-1;;5", "a b;1;;5", "0.1.0;\u0661;;5"]
)
def test_another_header_is_no_report(text: str) -> None:
    assert read_report(text) is None
