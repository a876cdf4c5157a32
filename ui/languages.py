"""Switches the language of every text, Qt's own among them, while the program runs."""

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

FOLDER = Path(__file__).with_name("translations")


class Languages:
    """The translators that are in force. One for each application."""

    def __init__(self) -> None:
        self._installed: list[QTranslator] = []

    def switch(self, language: str) -> None:
        """Every widget gets a LanguageChange event afterwards.

        Args:
            language: "en", in which the texts are written, or one that has a file.
        """
        application = QCoreApplication.instance()
        if application is None:
            raise RuntimeError("there is no application yet")
        for translator in self._installed:
            application.removeTranslator(translator)
        self._installed = []
        QLocale.setDefault(QLocale(language))
        if language == "en":
            return
        qt_folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        for name, folder in (("qtbase", qt_folder), ("inspector", str(FOLDER))):
            translator = QTranslator()
            if translator.load(f"{name}_{language}", folder):
                application.installTranslator(translator)
                self._installed.append(translator)
