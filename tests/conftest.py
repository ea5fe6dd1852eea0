"""Fixtures every room uses."""

from hypothesis import settings

pytest_plugins = [
    "tests.plugins.postgres",
    "tests.plugins.application",
    "tests.plugins.model_server",
    "tests.plugins.orders",
    "bacowr.dbops.testing",
]

# The same examples in every short run, so that it fails for a reason in the change at hand; the
# long run looks further. Neither is a timed test.
settings.register_profile("steady", derandomize=True, deadline=None)
settings.register_profile("wide", print_blob=True, deadline=None)
settings.load_profile("steady")
