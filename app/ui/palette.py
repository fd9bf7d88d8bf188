"""The colours, light and dark, and which stand on which; tests compute contrast."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Palette:
    """Material colour roles as this app fills them, from one calm seed.

    Roles mean: primary the main action, secondary what informs, tertiary what
    warns (and a field that was filled wrongly), error danger to a person alone.
    """

    primary: str
    on_primary: str
    primary_container: str
    on_primary_container: str
    secondary_container: str
    on_secondary_container: str
    tertiary: str
    tertiary_container: str
    on_tertiary_container: str
    error: str
    on_error: str
    error_container: str
    on_error_container: str
    surface: str
    surface_container: str
    surface_container_high: str
    on_surface: str
    on_surface_variant: str
    outline: str
    outline_variant: str


SEED = "#1B5458"

LIGHT = Palette(
    primary=SEED,
    on_primary="#FFFFFF",
    primary_container="#D3E7E6",
    on_primary_container="#0B3639",
    secondary_container="#E4E7EC",
    on_secondary_container="#22303F",
    tertiary="#634200",
    tertiary_container="#FBE8BE",
    on_tertiary_container="#453000",
    error="#931A1A",
    on_error="#FFFFFF",
    error_container="#FBE1DE",
    on_error_container="#6A0E10",
    surface="#FCFAF5",
    surface_container="#F4F0E8",
    surface_container_high="#ECE7DC",
    on_surface="#1D1B17",
    on_surface_variant="#48443B",
    outline="#6F6A5E",
    outline_variant="#D6D0C3",
)

DARK = Palette(
    primary="#A3D6D6",
    on_primary="#05292B",
    primary_container="#123D40",
    on_primary_container="#D6F1F0",
    secondary_container="#2E3741",
    on_secondary_container="#E1E8F0",
    tertiary="#F2CE82",
    tertiary_container="#4A3600",
    on_tertiary_container="#FFEBC2",
    error="#FFB9B2",
    on_error="#4A0507",
    error_container="#6B1415",
    on_error_container="#FFE5E2",
    surface="#171512",
    surface_container="#211F1A",
    surface_container_high="#2C2924",
    on_surface="#EFEAE0",
    on_surface_variant="#D3CCBE",
    outline="#A39C8E",
    outline_variant="#4B463D",
)

TEXT_PAIRS: tuple[tuple[str, str], ...] = (
    ("on_surface", "surface"),
    ("on_surface", "surface_container"),
    ("on_surface", "surface_container_high"),
    ("on_surface_variant", "surface"),
    ("on_surface_variant", "surface_container"),
    ("on_surface_variant", "surface_container_high"),
    ("primary", "surface"),
    ("primary", "surface_container"),
    ("on_primary", "primary"),
    ("on_primary_container", "primary_container"),
    ("on_surface_variant", "primary_container"),
    ("primary", "tertiary_container"),
    ("on_secondary_container", "secondary_container"),
    ("tertiary", "surface"),
    ("tertiary", "surface_container"),
    ("on_tertiary_container", "tertiary_container"),
    ("error", "surface"),
    ("error", "surface_container"),
    ("on_error", "error"),
    ("on_error_container", "error_container"),
)
"""Words on ground, wherever widgets put them: 7:1 or more."""

SHAPE_PAIRS: tuple[tuple[str, str], ...] = (
    ("outline", "surface"),
    ("outline", "surface_container"),
    ("primary", "surface"),
    ("primary", "primary_container"),
)
"""Borders and marks that tell something: 3:1 or more."""

LINEAR_BELOW = 0.04045


def contrast(one: str, other: str) -> float:
    """The WCAG contrast ratio of two colours written #RRGGBB."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return 0.2126 * _linear(red) + 0.7152 * _linear(green) + 0.0722 * _linear(blue)


def _linear(channel: float) -> float:
    if channel <= LINEAR_BELOW:
        return channel / 12.92
    return float(((channel + 0.055) / 1.055) ** 2.4)
