"""A training's configuration is read strictly and written so that it reads back equal."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.errors import ConfigurationError
from models.training.augment import Augmentation
from models.training.config import TrainingConfig, load_config

HEAD = 'schema_version = 1\ntask = "anomaly"\n'


def loaded(tmp_path: Path, text: str) -> TrainingConfig:
    (tmp_path / "c.toml").write_text(text, encoding="utf-8")
    return load_config(tmp_path / "c.toml", "anomaly")


def test_empty_file_means_the_standard(tmp_path: Path) -> None:
    assert loaded(tmp_path, HEAD) == TrainingConfig(task="anomaly")


@given(
    st.builds(
        TrainingConfig,
        task=st.just("anomaly"),
        seed=st.integers(0, 2**32 - 1),
        epochs=st.none() | st.integers(1, 10_000),
        overkill_at_most=st.none() | st.floats(0.0001, 0.5),
        escape_at_most=st.none() | st.floats(0.0001, 0.5),
        augmentation=st.builds(
            Augmentation, light=st.floats(0, 2), may_flip_sideways=st.booleans()
        ),
        hyperparameters=st.dictionaries(
            st.sampled_from(["bank_size", "word"]), st.integers() | st.text('ab"\\\n', max_size=5)
        ),
    )
)
def test_what_is_written_reads_back_equal(
    tmp_path_factory: pytest.TempPathFactory, config: TrainingConfig
) -> None:
    assert loaded(tmp_path_factory.mktemp("config"), config.to_toml()) == config


def test_size_is_given_whole_or_not_at_all(tmp_path: Path) -> None:
    config = loaded(tmp_path, HEAD + "height_px = 224\nwidth_px = 320\n")
    assert config == replace(TrainingConfig(task="anomaly"), height_px=224, width_px=320)
    with pytest.raises(ConfigurationError, match="give height_px and width_px, or neither"):
        loaded(tmp_path, HEAD + "height_px = 224\n")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "the key 'schema_version' is missing"),
        ("schema_version = 2", "schema_version 2 outside 1..1"),
        (HEAD.replace("anomaly", "segment"), "task is 'segment'; it must be one of anomaly"),
        (HEAD + "overkill_at_mots = 0.1", "did you mean 'overkill_at_most'"),
        (HEAD + "overkill_at_most = nan", "must be a finite number"),
        (HEAD + "escape_at_most = 0.9", "escape_at_most 0.9 outside 0.0001..0.5"),
        (HEAD + "height_px = 100\nwidth_px = 100", "height_px 100 is not a multiple of 32"),
        (HEAD + "epochs = 0", "epochs 0 outside 1..10000"),
        (HEAD + "[augmentation]\nlights = 1", "unknown key 'lights'; did you mean 'light'"),
        (HEAD + "[augmentation]\nshift = 0.9", "shift 0.9 outside 0..0.5"),
        (HEAD + "[augmentation]\nmay_flip_sideways = 1", "it must be true or false"),
        ("x = = 1", "not valid TOML"),
        ("#" * 20_000, "larger than 16,000 bytes"),
    ],
)
def test_fault_in_a_file_is_told_with_what_to_do(tmp_path: Path, text: str, fault: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        loaded(tmp_path, text)
    assert fault in str(caught.value)


def test_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read: No such file"):
        load_config(tmp_path / "none.toml", "anomaly")


def test_configuration_in_the_documents_is_a_valid_one(tmp_path: Path) -> None:
    page = (Path(__file__).parents[3] / "docs" / "formats.md").read_text(encoding="utf-8")
    example = page.split("## Training configuration")[1].split("```toml")[1].split("```")[0]
    config = loaded(tmp_path, example)
    assert config.augmentation == Augmentation()
    assert dict(config.hyperparameters) == {"bank_size": 2000}
