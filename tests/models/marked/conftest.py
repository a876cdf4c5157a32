"""The backbone's weights, converted once."""

import pytest

from models.backbones.weights import Weights, load_weights


@pytest.fixture(scope="session")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Weights:
    return load_weights(tmp_path_factory.mktemp("weights"))
