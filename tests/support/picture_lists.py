"""Small lists of pictures that are only names."""

from pathlib import Path

HEAD = "image,label,mask,split,part\n"


def make_list(folder: Path, text: str, *, encoding: str = "utf-8") -> Path:
    """A list beside files that are not pictures: `a.png`, `b.png`, `m.png` and `n.png`."""
    for name in ("a.png", "b.png", "m.png", "n.png"):
        (folder / name).write_bytes(name.encode())
    (folder / "list.csv").write_bytes(text.encode(encoding))
    return folder / "list.csv"
