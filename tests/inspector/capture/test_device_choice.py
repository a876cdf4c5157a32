"""An address means one camera, or the answer says which there are."""

import pytest

from inspector.capture.device_choice import the_one
from inspector.errors import SourceUnavailable

TWO = (("11", "left"), ("22", "right"))


def choose(address: str, found: tuple[tuple[str, str], ...] = TWO) -> tuple[str, str]:
    return the_one(found, lambda names: names, address, "camera", " behind x")


def test_each_name_of_a_camera_finds_it_and_nothing_the_only_one() -> None:
    assert choose("22") == choose("right") == TWO[1]
    assert choose("", TWO[:1]) == TWO[0]


def test_address_that_means_none_or_several_is_told_with_what_is_there() -> None:
    with pytest.raises(SourceUnavailable, match=r"no camera '33' behind x; here now: 11, 22\. Is"):
        choose("33")
    with pytest.raises(SourceUnavailable, match="no camera '' behind x; here now: none"):
        choose("", ())
    with pytest.raises(SourceUnavailable, match=r"2 cameras answer to ''; write .*: 11, 22"):
        choose("")
