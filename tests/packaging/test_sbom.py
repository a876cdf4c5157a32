"""The bill of materials lists every file that is shipped with its bytes, and nothing else."""

import json
from pathlib import Path

import pytest

from contents import Component, Contents
from sbom import check_sbom, write_sbom

NUMPY = Component(name="numpy", version="2", purl="pkg:pypi/numpy@2", licence="BSD-3-Clause")
TQDM = Component(name="tqdm", version="4", purl="pkg:pypi/tqdm@4", licence="MIT")


@pytest.fixture
def product(tmp_path: Path) -> Path:
    folder = tmp_path / "inspector"
    (folder / "_internal").mkdir(parents=True)
    for name in ("core.so", "more.so"):
        (folder / "_internal" / name).write_bytes(name.encode())
    (folder / "_internal" / "link.so").symlink_to("core.so")
    return folder


@pytest.fixture
def sbom(product: Path, tmp_path: Path) -> Path:
    contents = Contents(
        files={NUMPY: ("_internal/core.so", "_internal/more.so")}, modules={TQDM: 3}
    )
    write_sbom(contents, product, "0.1.0", tmp_path / "sbom.json")
    return tmp_path / "sbom.json"


def test_every_component_is_listed_with_its_files_or_modules(product: Path, sbom: Path) -> None:
    table = json.loads(sbom.read_text())
    assert (table["bomFormat"], table["specVersion"]) == ("CycloneDX", "1.6")
    numpy, tqdm = table["components"]
    assert [file["name"] for file in numpy["components"]] == [
        "_internal/core.so",
        "_internal/more.so",
    ]
    assert tqdm["properties"] == [{"name": "inspector:modules", "value": "3"}]
    check_sbom(sbom, product)


def test_same_product_gives_the_same_file(product: Path, sbom: Path, tmp_path: Path) -> None:
    contents = Contents(
        files={NUMPY: ("_internal/core.so", "_internal/more.so")}, modules={TQDM: 3}
    )
    write_sbom(contents, product, "0.1.0", tmp_path / "again.json")
    assert (tmp_path / "again.json").read_bytes() == sbom.read_bytes()


@pytest.mark.parametrize("change", ["changed", "added", "gone"])
def test_product_that_is_not_the_listed_one_is_found_out(
    product: Path, sbom: Path, change: str
) -> None:
    place = product / "_internal" / ("new.so" if change == "added" else "more.so")
    if change == "gone":
        place.unlink()
    else:
        place.write_bytes(b"other")
    with pytest.raises(ValueError, match=rf"differ in _internal/{place.name}"):
        check_sbom(sbom, product)
