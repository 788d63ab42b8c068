"""What every room's tests share: Microsoft's contracts, and how hard Hypothesis tries."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

REPOSITORY = Path(__file__).parent.parent

# The same examples each time, so that a red build is about the change; HYPOTHESIS_PROFILE=more looks for new ones.
settings.register_profile("same", derandomize=True, deadline=None, max_examples=60)
settings.register_profile(
    "more", deadline=None, max_examples=3000, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))


@pytest.fixture(scope="session")
def contracts() -> Path:
    """The folder of Microsoft's schemas and recorded exchanges. It is not ours to publish, so a clone may lack it."""
    folder = REPOSITORY.parent / "shared" / "contracts"
    if not folder.is_dir():
        if os.environ.get("CI") == "true":
            pytest.fail("shared contracts are not here, and a build must hold the bot against them")
        pytest.skip("shared contracts are not here")
    return folder
