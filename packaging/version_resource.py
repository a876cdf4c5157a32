"""What Windows shows of a program under Properties, Details; spelt as PyInstaller reads it.

See https://pyinstaller.org/en/stable/usage.html#capturing-windows-version-data.
"""

_US_ENGLISH, _UNICODE = 0x0409, 1200
_TEMPLATE = """\
VSVersionInfo(
  ffi=FixedFileInfo(filevers={numbers}, prodvers={numbers}),
  kids=[
    StringFileInfo([StringTable({table!r}, {strings})]),
    VarFileInfo([VarStruct('Translation', [{language}, {encoding}])]),
  ],
)
"""


def version_resource(program: str, description: str, version: str) -> str:
    """The text of one program.

    Args:
        program: Its name, without `.exe`.
        version: Up to four numbers with dots between.
    """
    numbers = tuple((*map(int, version.split(".")), 0, 0, 0)[:4])
    values = {
        "CompanyName": "the inspector developers",
        "FileDescription": description,
        "FileVersion": version,
        "InternalName": program,
        "LegalCopyright": "the inspector developers, Apache-2.0",
        "OriginalFilename": f"{program}.exe",
        "ProductName": "Inspector",
        "ProductVersion": version,
    }
    strings = ", ".join(f"StringStruct({name!r}, {value!r})" for name, value in values.items())
    return _TEMPLATE.format(
        numbers=numbers,
        table=f"{_US_ENGLISH:04x}{_UNICODE:04x}",
        strings=f"[{strings}]",
        language=_US_ENGLISH,
        encoding=_UNICODE,
    )
