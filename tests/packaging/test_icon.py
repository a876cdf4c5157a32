"""The icon has a drawing of its own for each size that Windows asks for."""

from pathlib import Path

import numpy as np
from PIL.IcoImagePlugin import IcoFile

from deb import ICON
from icon import SIDES_PX, write_icon


def test_each_size_is_drawn_and_its_corners_are_clear(tmp_path: Path) -> None:
    write_icon(ICON, tmp_path / "a.ico")
    with (tmp_path / "a.ico").open("rb") as file:
        icon = IcoFile(file)
        assert icon.sizes() == {(side, side) for side in SIDES_PX}
        for side in SIDES_PX:
            pixels = np.asarray(icon.getimage((side, side)).convert("RGBA"))
            assert pixels.shape == (side, side, 4)
            assert pixels[0, 0, 3] == 0
            ground = pixels[10 * side // 64, side // 2]
            assert ground[3] == 255
            assert ground[:3].max() < 60
            assert (pixels[..., 1] > 140).any()  # the tick
