"""Makes the installer for Windows, where NSIS is."""

import shutil
import subprocess
from pathlib import Path

from inspector import __version__

SCRIPT = Path(__file__).with_name("windows") / "installer.nsi"


def make_installer(product: Path, icon: Path, out: Path, licences: Path, sbom: Path) -> Path:
    """Compile it, with warnings as errors.

    Args:
        product: The folder that holds the programs, and one folder that both load from.
        icon: Of the installer.
        out: The folder that the installer comes into.
        licences: The texts of what is shipped, a folder; they and the list come into `contents`.
    """
    (contents,) = (path.name for path in product.iterdir() if path.is_dir())
    shutil.copytree(licences, product / contents / "licences", dirs_exist_ok=True)
    shutil.copyfile(sbom, product / contents / sbom.name)
    installer = out / f"inspector-{__version__}-setup.exe"
    subprocess.run(  # noqa: S603
        [  # noqa: S607
            "makensis", "-WX", "-V2",
            f"-DPRODUCT={product}", f"-DCONTENTS={contents}", f"-DVERSION={__version__}",
            f"-DICON={icon}", f"-DOUT={installer}",
            str(SCRIPT),
        ],
        check=True,
    )  # fmt: skip
    return installer
