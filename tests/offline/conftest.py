from tests.registry.conftest import *  # noqa: F403
