"""What the tests of the workshop's runtimes share."""

import pytest

from tests.models.conftest import TrainedBundle


@pytest.fixture(autouse=True)
def _weights_are_where_the_bundle_was_taught(
    trained: TrainedBundle,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    home = tmp_path_factory.mktemp("cache")
    (home / "inspector-models").symlink_to(trained.weights_cache)
    monkeypatch.setenv("XDG_CACHE_HOME", str(home))
