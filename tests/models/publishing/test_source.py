"""A bundle's source comes back as it was kept, or not at all."""

import json
import os
from pathlib import Path

import numpy as np
import pytest

from inspector.errors import DataError
from models.publishing.source import (
    Source,
    check_source_place,
    keep_source,
    open_source,
    source_folder,
)
from models.tasks.task import TrainedParameters


def a_source() -> Source:
    rng = np.random.default_rng(0)
    parameters = TrainedParameters(
        settings={"taps": [8, 16], "bank_size": 5},
        arrays={"bank": rng.random((5, 8), dtype=np.float32), "classes": np.arange(3)},
    )
    roles = {"a" * 64: "fit", "b" * 64: "held_out", "c" * 64: "proof"}
    return Source(task="anomaly", parameters=parameters, model_sha256="d" * 64, roles=roles)


def test_source_comes_back_equal(tmp_path: Path) -> None:
    kept = a_source()
    keep_source(kept, tmp_path / "x.bundle.source")
    opened = open_source(tmp_path / "x.bundle.source")
    assert (opened.task, opened.model_sha256, opened.roles) == ("anomaly", "d" * 64, kept.roles)
    assert opened.parameters.settings == kept.parameters.settings
    assert opened.parameters.arrays.keys() == kept.parameters.arrays.keys()
    for name, values in kept.parameters.arrays.items():
        assert np.array_equal(opened.parameters.arrays[name], values)


def test_pictures_of_the_proof_are_not_among_the_seen() -> None:
    assert a_source().seen == {"a" * 64, "b" * 64}


def test_later_training_replaces_an_earlier_source(tmp_path: Path) -> None:
    folder = tmp_path / "x.bundle.source"
    keep_source(a_source(), folder)
    (folder / "leftover").write_text("")
    keep_source(a_source(), folder)
    assert sorted(path.name for path in folder.iterdir()) == [
        "parameters.npz",
        "roles.csv",
        "source.json",
    ]


@pytest.mark.parametrize("name", ["parameters.npz", "roles.csv"])
def test_changed_source_is_refused(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "x.bundle.source"
    keep_source(a_source(), folder)
    data = bytearray((folder / name).read_bytes())
    data[len(data) // 2] ^= 0x20
    (folder / name).write_bytes(data)
    with pytest.raises(DataError, match="source"):
        open_source(folder)


def test_damaged_description_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "x.bundle.source"
    keep_source(a_source(), folder)
    for text in ("", "{", '{"schema_version": 2}', (folder / "roles.csv").read_text()):
        (folder / "source.json").write_text(text)
        with pytest.raises(DataError, match="source"):
            open_source(folder)


def test_missing_source_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="where it was trained, or train it again"):
        open_source(source_folder(tmp_path / "x.bundle"))


def test_key_nobody_knows_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "x.bundle.source"
    keep_source(a_source(), folder)
    table = json.loads((folder / "source.json").read_text())
    (folder / "source.json").write_text(json.dumps(table | {"trust": "me"}))
    with pytest.raises(DataError, match="unknown key 'trust'"):
        open_source(folder)


def test_place_is_free_where_there_is_nothing_or_an_earlier_source(tmp_path: Path) -> None:
    folder = tmp_path / "x.bundle.source"
    check_source_place(folder)
    keep_source(a_source(), folder)
    check_source_place(folder)


def test_folder_of_somebody_else_is_not_replaced(tmp_path: Path) -> None:
    folder = tmp_path / "x.bundle.source"
    folder.mkdir()
    (folder / "thesis.txt").write_text("five years")
    with pytest.raises(DataError, match="is not the source of a bundle, or holds other files too"):
        check_source_place(folder)


def test_what_a_killed_run_left_behind_is_no_obstacle(tmp_path: Path) -> None:
    folder = tmp_path / "x.bundle.source"
    (tmp_path / f".x.bundle.source.{os.getpid()}.part").mkdir()
    keep_source(a_source(), folder)
    assert open_source(folder).task == "anomaly"
