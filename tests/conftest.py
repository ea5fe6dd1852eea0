"""Fixtures every room uses."""

pytest_plugins = ["tests.plugins.postgres", "tests.plugins.application"]
