import pytest

from app.ui.palette import DARK, LIGHT, SHAPE_PAIRS, TEXT_PAIRS, Palette, contrast

PALETTES = {"light": LIGHT, "dark": DARK}


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21.0)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("pair", TEXT_PAIRS, ids="-".join)
@pytest.mark.parametrize("palette", PALETTES.values(), ids=PALETTES)
def test_words_can_be_read_in_the_sun(palette: Palette, pair: tuple[str, str]) -> None:
    ink, ground = (getattr(palette, name) for name in pair)
    assert contrast(ink, ground) >= 7.0


@pytest.mark.parametrize("pair", SHAPE_PAIRS, ids="-".join)
@pytest.mark.parametrize("palette", PALETTES.values(), ids=PALETTES)
def test_borders_can_be_seen(palette: Palette, pair: tuple[str, str]) -> None:
    shape, ground = (getattr(palette, name) for name in pair)
    assert contrast(shape, ground) >= 3.0


@pytest.mark.parametrize("palette", PALETTES.values(), ids=PALETTES)
def test_nothing_but_danger_is_red(palette: Palette) -> None:
    for role in palette.__dataclass_fields__:
        colour = getattr(palette, role)
        red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
        is_red = red > 1.6 * green and red > 1.6 * blue and abs(green - blue) < 40
        assert not is_red or "error" in role, f"{role} {colour}"
