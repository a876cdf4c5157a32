"""The bill of materials of the product, as CycloneDX 1.6, and its check against what is shipped."""

import json
import uuid
from pathlib import Path
from typing import Any

from contents import Component, Contents
from models.dataset.hashes import file_sha256

_NAMESPACE = uuid.UUID("0f9c0c9e-4c5f-5d0b-9d55-5b1f6ab3c0de")  # any will do that stays


def write_sbom(contents: Contents, product: Path, version: str, out: Path) -> None:
    """Write it; the same product gives the same file.

    Args:
        product: The folder that holds the programs.
    """
    components = [_described(component, contents, product) for component in contents.components]
    content = json.dumps(components, sort_keys=True)
    table = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(_NAMESPACE, content)}",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "inspector", "version": version}},
        "components": components,
    }
    out.write_text(json.dumps(table, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def check_sbom(sbom: Path, product: Path) -> None:
    """Compare what it says with what is there.

    Raises:
        ValueError: A file is not listed, is listed and not there, or has other bytes.
    """
    table = json.loads(sbom.read_text(encoding="utf-8"))
    listed = {
        file["name"]: file["hashes"][0]["content"]
        for component in table["components"]
        for file in component.get("components", ())
    }
    there = {
        path.relative_to(product).as_posix(): file_sha256(path)
        for path in product.rglob("*")
        if path.is_file() and not path.is_symlink()
    }
    if listed != there:
        odd = sorted(place for place in {*listed, *there} if listed.get(place) != there.get(place))
        raise ValueError(f"the bill of materials and the product differ in {', '.join(odd[:5])}")


def _described(component: Component, contents: Contents, product: Path) -> dict[str, Any]:
    described: dict[str, Any] = {
        "type": "library",
        "bom-ref": component.purl,
        "name": component.name,
        "version": component.version,
        "purl": component.purl,
        "licenses": [{"license": {"name": component.licence}}],
    }
    if n_modules := contents.modules.get(component):
        described["properties"] = [{"name": "inspector:modules", "value": str(n_modules)}]
    if places := contents.files.get(component):
        described["components"] = [
            {
                "type": "file",
                "name": place,
                "hashes": [{"alg": "SHA-256", "content": file_sha256(product / place)}],
            }
            for place in places
        ]
    return described
