"""Draws the parts that a newcomer without any data can judge."""

from pathlib import Path

from inspector.batch import STORE_FILE, WAIT_OR_ELSEWHERE, source_name
from inspector.capture.synthetic.render import Defect, render_part
from inspector.errors import StoreError, UsageError
from inspector.files.folder_lock import sole_writer
from inspector.store.images import write_png
from inspector.store.reader import RecordReader

# Seeds above those that the shipped bundle was trained on (`packaging/demo_bundle.py`).
FIRST_SEED = 500_000
N_GOOD = 80
N_OF_EACH_DEFECT = 4


def draw_parts(folder: Path) -> int:
    """Write the pictures of one small lot of parts, good ones and some of each defect.

    A picture that is there already is left alone, so that a second call is quick.

    Returns:
        How many pictures the folder holds.

    Raises:
        UsageError: The folder cannot be made.
        StoreError: A picture cannot be written.
    """
    drawn: list[Defect | None] = [None] * N_GOOD
    for kind in Defect:
        drawn += [kind] * N_OF_EACH_DEFECT
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"folder {str(folder)!r} cannot be made: {error.strerror}") from error
    for number, defect in enumerate(drawn):
        name = "good" if defect is None else defect.value
        path = folder / f"part-{number:03d}-{name}.png"
        if not path.exists():
            write_png(path, render_part(seed=FIRST_SEED + number, defect=defect).pixels)
    return len(drawn)


def forget_last_demo(parts: Path, results: Path) -> None:
    """Remove the store that an earlier demo left in `results`, and nothing else.

    Raises:
        UsageError: What is there are somebody's own results, or another run is writing there.
    """
    store_path = results / STORE_FILE
    if not store_path.exists():
        return
    with sole_writer(results, WAIT_OR_ELSEWHERE):
        try:
            with RecordReader(store_path) as store:
                begun_with = store.run().get("source")
        except StoreError as error:
            raise UsageError(f"{error}; or choose another --out for the demo") from error
        if begun_with != source_name(str(parts)):
            raise UsageError(
                f"{str(store_path)!r} holds results that are not the demo's; choose another --out"
            )
        for suffix in ("", "-wal", "-shm"):
            store_path.with_name(STORE_FILE + suffix).unlink(missing_ok=True)
