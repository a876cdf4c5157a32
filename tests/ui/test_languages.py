"""Every text has its translation, the files are made of today's sources, and it can be switched."""

import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication

from ui.languages import FOLDER, Languages

TS = FOLDER / "inspector_zh_CN.ts"
ROOT = Path(__file__).resolve().parents[2]
TOOLS = Path(sys.executable).parent


def messages() -> list[tuple[str, str, str]]:
    """Context, source and translation of every text."""
    found = []
    for context in ElementTree.parse(TS).getroot().iter("context"):
        for message in context.iter("message"):
            translation = message.find("translation")
            assert translation is not None
            assert translation.get("type") is None, message.findtext("source")
            found.append(
                (
                    str(context.findtext("name")),
                    str(message.findtext("source")),
                    translation.text or "",
                )
            )
    return found


def chinese_texts() -> list[str]:
    return [translation for _, _, translation in messages()]


def test_every_text_is_translated_with_the_same_places_to_fill() -> None:
    for _, source, translation in messages():
        assert translation != ""
        assert sorted(re.findall(r"\{\w+\}", source)) == sorted(re.findall(r"\{\w+\}", translation))


def test_files_are_made_of_todays_sources(tmp_path: Path) -> None:
    """Run `make translations` when this fails, and translate what is new."""
    fresh = tmp_path / TS.name
    fresh.write_bytes(TS.read_bytes())
    options = ["-extensions", "py", "-locations", "none", "-no-obsolete"]
    subprocess.run(
        [TOOLS / "pyside6-lupdate", *options, ROOT / "ui", "-ts", fresh],
        check=True,
        capture_output=True,
    )
    assert texts_of(fresh) == texts_of(TS)
    made = tmp_path / "made.qm"
    subprocess.run(
        [TOOLS / "pyside6-lrelease", "-silent", TS, "-qm", made], check=True, capture_output=True
    )
    assert made.read_bytes() == TS.with_suffix(".qm").read_bytes()


def texts_of(path: Path) -> list[tuple[str, str]]:
    return sorted(
        (str(context.findtext("name")), str(message.findtext("source")))
        for context in ElementTree.parse(path).getroot().iter("context")
        for message in context.iter("message")
    )


def test_language_is_switched_there_and_back_with_qts_own_texts(application: QApplication) -> None:
    languages = Languages()
    translate = QCoreApplication.translate
    languages.switch("zh_CN")
    assert translate("words", "PASS") == "合格"
    assert translate("QPlatformTheme", "Cancel") == "取消"
    languages.switch("en")
    assert translate("words", "PASS") == "PASS"


@pytest.mark.parametrize("context", ["words", "troubles", "actions", "RunView", "MainWindow"])
def test_context_has_texts(context: str) -> None:
    assert any(name == context for name, _, _ in messages())
