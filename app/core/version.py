"""The version of client and server; pyproject.toml says the same, held by a test."""

VERSION = "0.1.0"
