"""Reads pictures whose labels are the names of their folders, and the masks beside them."""

import logging
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from inspector.capture.files.file_faults import readable
from inspector.capture.files.listing import is_picture
from inspector.errors import DataError
from models.dataset.sample import MAX_SAMPLES, SPLITS, Sample, repeated

_MASKS_FOLDER = "ground_truth"
_ALIASES = {"val": ("validation", "valid")}
_MASK_ENDINGS = ("_mask", "")  # of MVTec AD; of VisA
_log = logging.getLogger(__name__)


def samples_of_folder(folder: Path) -> list[Sample]:
    """`train/good`, `test/<class>` and, where there are any, masks below `ground_truth`.

    The mask of `test/<class>/NAME.png` is `NAME_mask.png` or `NAME.png` in `ground_truth/<class>`,
    of any ending, or every picture of the folder `NAME` there.

    Raises:
        DataError: There is no such picture, one is there twice, or it has masks of two kinds.
    """
    masks = _Masks(next(_named(folder, (_MASKS_FOLDER,)), folder / _MASKS_FOLDER))
    samples: list[Sample] = []
    splits = list(_splits(folder))
    names: dict[str, set[Path]] = {split: set() for split in SPLITS}
    for split, place in splits:  # a split may have several folders: val and validation
        names[split] |= {
            _key(image.relative_to(place).with_suffix("")) for image in _pictures(place)
        }
    # A mask says nothing of the split: of pictures of one name it is the tested one's.
    others = {"train": names["val"] | names["test"], "val": names["test"], "test": set()}
    for split, place in splits:
        flat = sum(1 for path in place.iterdir() if path.is_file() and is_picture(path))
        if flat:
            _log.warning(
                "%d pictures lie in %s itself and are left out: put them into a folder of their "
                "class, such as %s/good",
                flat,
                place.name,
                place.name,
            )
        shadowed = others[split]
        for images in sorted(path for path in place.glob("[!.]*") if path.is_dir()):
            for image in _pictures(images):
                name = readable(image.relative_to(folder).as_posix())
                inside = Path(images.name) / image.relative_to(images)
                samples.append(
                    Sample(
                        name=name,
                        image=image,
                        label=readable(images.name),
                        masks=() if _key(inside.with_suffix("")) in shadowed else masks.of(inside),
                        split=split,
                        part=name,
                    )
                )
                if len(samples) > MAX_SAMPLES:
                    raise DataError(f"folder {str(folder)!r}: more than {MAX_SAMPLES} pictures")
    if not samples:
        raise DataError(
            f"folder {str(folder)!r}: no picture below train/<class> or test/<class>, such as "
            "train/good and test/scratch; or give a CSV list"
        )
    twice = repeated(samples)
    if twice is not None:
        first, second = twice
        raise DataError(
            f"folder {str(folder)!r}: {samples[second].name!r} and {samples[first].name!r} are "
            "links to one picture; keep one of them"
        )
    masks.warn_of_unused()
    return samples


def _splits(folder: Path) -> Iterator[tuple[str, Path]]:
    """The folders of each split, in whatever case; `validation` is val too, as in MVTec LOCO."""
    for split in SPLITS:
        for place in _named(folder, (split, *_ALIASES.get(split, ()))):
            yield split, place


def _named(folder: Path, names: tuple[str, ...]) -> Iterator[Path]:
    """The folders in this one that have one of these names, in small letters or not."""
    yield from sorted(
        path for path in folder.iterdir() if path.name.casefold() in names and path.is_dir()
    )


def _pictures(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        is_hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if not is_hidden and path.is_file() and is_picture(path):
            yield path


class _Masks:
    """The pictures below `ground_truth`, by what they can be the mask of."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: Mapping[Path, list[Path]] = defaultdict(list)  # by their place, no ending
        self._folders: Mapping[Path, list[Path]] = defaultdict(list)
        for path in _pictures(folder):
            place = path.relative_to(folder)
            self._files[_key(place.with_suffix(""))].append(path)
            self._folders[_key(place.parent)].append(path)
        self._unused = {path for paths in self._files.values() for path in paths}

    def of(self, inside: Path) -> tuple[Path, ...]:
        """The masks of the picture that lies there below a split."""
        place = inside.with_suffix("")
        kinds = [self._files.get(_key(place.with_name(place.name + e)), []) for e in _MASK_ENDINGS]
        kinds.append(self._folders.get(_key(place), []))
        found = [kind for kind in kinds if kind]
        if len(found) > 1 or any(len(kind) > 1 for kind in found if kind is not kinds[-1]):
            names = ", ".join(repr(path.name) for kind in found for path in kind)
            raise DataError(
                f"{str(self._folder / inside.parent)!r}: {inside.name!r} has more than one mask "
                f"({names}); keep one of them"
            )
        masks = tuple(found[0]) if found else ()
        self._unused.difference_update(masks)
        return masks

    def warn_of_unused(self) -> None:
        """A mask that belongs to nothing is most often one that is misspelt."""
        if self._unused:
            _log.warning(
                "%d of the masks in %s belong to no picture, the first of them %r",
                len(self._unused),
                self._folder.name,
                readable(min(self._unused).relative_to(self._folder).as_posix()),
            )


def _key(place: Path) -> Path:
    return Path(str(place).casefold())
