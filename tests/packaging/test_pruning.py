"""What goes into the product: plugins that are loaded, and texts in the languages it speaks."""

from pruning import kept_data


def test_texts_of_qt_are_those_of_the_windows_languages_and_no_link_dangles() -> None:
    folder = "PySide6/Qt/translations"
    data = [
        (f"{folder}/qtbase_zh_CN.qm", "a", "DATA"),
        (f"{folder}/qtbase_de.qm", "b", "DATA"),
        ("ui/fonts/Inter-Bold.otf", "c", "DATA"),
        ("libQt6Core.so.6", "PySide6/Qt/lib/libQt6Core.so.6", "SYMLINK"),
        ("libQt6Qml.so.6", "PySide6/Qt/lib/libQt6Qml.so.6", "SYMLINK"),
    ]
    binaries = [("PySide6/Qt/lib/libQt6Core.so.6", "/x/libQt6Core.so.6", "BINARY")]
    assert [entry[0] for entry in kept_data(data, binaries)] == [
        f"{folder}/qtbase_zh_CN.qm",
        "ui/fonts/Inter-Bold.otf",
        "libQt6Core.so.6",
    ]
