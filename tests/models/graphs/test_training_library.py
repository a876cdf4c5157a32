"""TensorFlow comes quiet, on the processor, and only when it is asked for."""

import subprocess
import sys
from pathlib import Path


def run(script: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)


def test_tensorflow_says_nothing_and_sees_no_graphics_card() -> None:
    done = run(
        "from models.graphs.training_library import tensorflow\n"
        "print(tensorflow().config.list_physical_devices('GPU'))"
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "[]\n", "")


def test_importing_the_workshop_brings_no_training_library() -> None:
    done = run(
        "import sys, models.__main__, models.train, models.validate, models.evaluate\n"
        "heavy = ('tensorflow', 'keras', 'onnx', 'tf2onnx')\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    assert (done.returncode, done.stdout) == (0, "[]\n"), done.stderr


def test_what_lies_in_the_users_home_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / ".keras").mkdir()
    (tmp_path / ".keras" / "keras.json").write_text('{"image_data_format": "channels_first"}')
    done = run(
        f"import os; os.environ['HOME'] = {str(tmp_path)!r}\n"
        "from models.graphs.training_library import tensorflow\n"
        "tensorflow()\n"
        "import keras\n"
        "print(keras.config.image_data_format(), 'KERAS_HOME' in os.environ)"
    )
    assert (done.returncode, done.stdout) == (0, "channels_last False\n"), done.stderr
