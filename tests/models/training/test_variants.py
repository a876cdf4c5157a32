"""Variants come the same each time, marks and all, and are known by all that they depend on."""

import numpy as np
import pytest

from models.training.augment import Augmentation
from models.training.variants import N_VARIANTS, identity_of_maps, variants

PICTURES = np.random.default_rng(0).integers(0, 256, (20, 32, 48, 3), dtype=np.uint8)
MARKS = (PICTURES[..., 0] > 200).astype(np.uint8) * 3
HOW = Augmentation()


def test_every_picture_comes_in_every_variant_and_first_as_it_is() -> None:
    seen: dict[int, list[int]] = {}
    for variant in variants(PICTURES, MARKS, HOW):
        seen.setdefault(variant.number, []).extend(variant.places.tolist())
        is_same = np.array_equal(variant.tensors, PICTURES[variant.places])
        assert is_same == (variant.number == 0)
        assert set(np.unique(variant.label_maps)) <= {0, 3}
    assert seen == {number: list(range(20)) for number in range(N_VARIANTS)}


def test_variants_are_the_same_each_time() -> None:
    for one, other in zip(
        variants(PICTURES, MARKS, HOW), variants(PICTURES, MARKS, HOW), strict=True
    ):
        assert np.array_equal(one.tensors, other.tensors)
        assert np.array_equal(one.label_maps, other.label_maps)


def test_identity_changes_with_all_that_maps_depend_on(monkeypatch: pytest.MonkeyPatch) -> None:
    changed = PICTURES.copy()
    changed[3, 2, 1, 0] ^= 1
    marked = MARKS.copy()
    marked[0, 0, 0] ^= 1
    identities = [
        identity_of_maps(__file__, PICTURES, MARKS, HOW),
        identity_of_maps(np.__file__, PICTURES, MARKS, HOW),
        identity_of_maps(__file__, changed, MARKS, HOW),
        identity_of_maps(__file__, PICTURES, marked, HOW),
        identity_of_maps(__file__, PICTURES.reshape(20, 48, 32, 3), MARKS, HOW),
        identity_of_maps(__file__, PICTURES, MARKS, Augmentation(light=0.2)),
    ]
    monkeypatch.setattr("models.training.variants.CONVERTED_SHA256", "other weights")
    identities.append(identity_of_maps(__file__, PICTURES, MARKS, HOW))
    assert len(set(identities)) == len(identities)
    monkeypatch.undo()
    assert identity_of_maps(__file__, PICTURES.copy(), MARKS, HOW) == identities[0]
