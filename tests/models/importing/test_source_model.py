"""Inputs and outputs are listed for people with their shapes."""

import numpy as np

from models.importing.source_model import ModelInput, ModelOutput


def test_inputs_and_outputs_read_as_a_person_would_write_them() -> None:
    taken = ModelInput(name="x", dims=(None, 3, 64, 96), dtype=np.dtype(np.float32))
    given = ModelOutput(name="y", example=np.zeros((2, 6, 96), np.float32), ends_in="Concat")
    assert str(taken) == "x float32 [?, 3, 64, 96]"
    assert str(given) == "y [N, 6, 96]"
    assert given.shape == (6, 96)
