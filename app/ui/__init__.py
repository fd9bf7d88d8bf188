"""The drawing kit of which all screens are made; README.md shows how."""
