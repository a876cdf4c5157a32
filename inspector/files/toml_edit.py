"""Changes a few values of a TOML file that a person wrote, and nothing else in it."""

from collections.abc import Mapping

import tomlkit


def with_texts(text: str, changes: Mapping[str, str | None]) -> str:
    """The text with other values for keys at its top; comments, order and spacing stay.

    Args:
        text: Valid TOML.
        changes: The new value of each key; None takes the key away.
    """
    document = tomlkit.parse(text)
    for key, value in changes.items():
        if value is None:
            document.pop(key, None)
        elif document.get(key) != value:
            document[key] = value
    return tomlkit.dumps(document)
