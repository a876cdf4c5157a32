"""What Windows shows of a program is what the product says of itself."""

from collections.abc import Callable
from typing import Any

from version_resource import version_resource


def read(text: str) -> Any:
    """The text as PyInstaller evaluates it, with each call as a tuple."""

    def noted(name: str) -> Callable[..., Any]:
        return lambda *values, **named: (name, *values, named) if named else (name, *values)

    names = ("VSVersionInfo", "FixedFileInfo", "StringFileInfo", "StringTable", "StringStruct",
             "VarFileInfo", "VarStruct")  # fmt: skip
    return eval(text, {name: noted(name) for name in names})


def test_numbers_and_texts_are_those_of_the_product() -> None:
    found = read(version_resource("inspector-gui", "The operator's window", "1.20.3"))
    fixed, (strings, translation) = found[1]["ffi"], found[1]["kids"]
    assert fixed[1] == {"filevers": (1, 20, 3, 0), "prodvers": (1, 20, 3, 0)}
    (table,) = strings[1]
    assert table[1] == "040904b0"
    values = {name: value for _, name, value in table[2]}
    assert values["FileDescription"] == "The operator's window"
    assert values["OriginalFilename"] == "inspector-gui.exe"
    assert values["FileVersion"] == values["ProductVersion"] == "1.20.3"
    assert translation[1] == [("VarStruct", "Translation", [0x0409, 1200])]
