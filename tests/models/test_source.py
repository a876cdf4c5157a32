"""A bundle's source comes back as it was kept, or not at all."""

from pathlib import Path

import numpy as np
import pytest

from inspector.errors import DataError
from models.source import Source, keep_source, open_source, source_folder
from models.tasks.anomaly import AnomalySettings, Memory


def a_source() -> Source:
    rng = np.random.default_rng(0)
    memory = Memory(
        centre=rng.random(8, dtype=np.float32),
        bank=rng.random((5, 8), dtype=np.float32),
        typical=rng.random((4, 4), dtype=np.float32),
    )
    roles = {"a" * 64: "fit", "b" * 64: "calibrate", "c" * 64: "proof"}
    settings = AnomalySettings(size_px=64, bank_size=5)
    return Source(settings=settings, memory=memory, model_sha256="d" * 64, roles=roles)


def test_source_comes_back_equal(tmp_path: Path) -> None:
    kept = a_source()
    keep_source(kept, tmp_path / "x.bundle.source")
    opened = open_source(tmp_path / "x.bundle.source")
    assert (opened.settings, opened.model_sha256, opened.roles) == (
        kept.settings,
        kept.model_sha256,
        kept.roles,
    )
    for name in ("centre", "bank", "typical"):
        assert (getattr(opened.memory, name) == getattr(kept.memory, name)).all()


def test_pictures_of_the_proof_are_not_among_the_seen() -> None:
    assert a_source().seen == {"a" * 64, "b" * 64}


def test_later_training_replaces_an_earlier_source(tmp_path: Path) -> None:
    folder = tmp_path / "x.bundle.source"
    keep_source(a_source(), folder)
    (folder / "leftover").write_text("")
    keep_source(a_source(), folder)
    assert sorted(path.name for path in folder.iterdir()) == [
        "memory.npz",
        "roles.csv",
        "source.json",
    ]


@pytest.mark.parametrize("name", ["memory.npz", "roles.csv"])
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
    with pytest.raises(DataError, match="where it was taught, or teach it again"):
        open_source(source_folder(tmp_path / "x.bundle"))
