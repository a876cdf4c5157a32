"""What the documents say can be done: files they name are there, commands of the how-tos run."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.models.conftest import draw_list

ROOT = Path(__file__).parents[1]
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
HOW_TOS = sorted((ROOT / "docs" / "how-to").glob("*.md"))
PROGRAMS = {"inspector": "inspector", "inspector-models": "models"}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_of_a_document_lead_somewhere(document: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", document.read_text())
    missing = [
        link for link in links if "://" not in link and not (document.parent / link).exists()
    ]
    assert missing == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_files_of_ours_that_a_document_names_are_there(document: Path) -> None:
    named = re.findall(
        r"`((?:inspector|models|ui|tests|packaging)/[\w./-]*)`", document.read_text()
    )
    examples = {"inspector/capture/my_camera.py", "models/tasks/mine/",
                "tests/models/tasks/mine/test_task.py"}  # fmt: skip
    assert [path for path in named if path not in examples and not (ROOT / path).exists()] == []


def commands_of(document: Path) -> list[str]:
    return re.findall(r"^    \.venv/bin/(.+)$", document.read_text(), re.MULTILINE)


@pytest.mark.parametrize("document", HOW_TOS, ids=lambda path: path.name)
def test_commands_of_a_how_to_run_as_written(document: Path, tmp_path: Path) -> None:
    draw_list(tmp_path / "lot")
    for entry in (tmp_path / "lot").iterdir():
        entry.rename(tmp_path / entry.name)
    for name, text in re.findall(
        r"`(\w+\.toml)`:\n\n```toml\n(.*?)```", document.read_text(), re.DOTALL
    ):
        (tmp_path / name).write_text(text)
    commands = commands_of(document)
    assert commands
    for command in commands:
        line, _, comment = command.partition("  #")
        program, *arguments = shlex.split(line)
        code = re.search(r"exit code (\d)", comment)
        done = subprocess.run(
            [sys.executable, "-m", PROGRAMS[program], *arguments],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == (int(code[1]) if code else 0), (command, done.stderr)
