"""Adds what a line found to what a bundle learnt from, and learns all of it anew."""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from inspector.bundle import InputSpec, Manifest, open_bundle
from inspector.errors import BundleError, DataError
from models.comparing.changes import Changes, changes_between
from models.dataset.blank_masks import with_shown_masks
from models.dataset.hashes import file_sha256, without_copies
from models.dataset.reader import PictureList, load_lists
from models.dataset.sample import Sample, of_split
from models.publishing.source import Source, own_source
from models.train import TrainingRequest, TrainingResult, train
from models.training.config import TrainingConfig, parse_config
from models.training.progress import Listener

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What the new bundle changes.

    Attributes:
        old: On the pictures that the old one learnt from; both know them, so that both flatter.
        added: On those that came in, which the new one alone knows.
        unseen: On the test split of all lists, which neither knows.
        remarks: What else is another than it was, for people.
    """

    old: Changes
    added: Changes
    unseen: Changes
    remarks: tuple[str, ...]

    def shortcoming(self) -> str | None:
        """Why nobody should want it; None where nothing speaks against it."""
        changed = (*self.old.changed, *self.added.changed)
        n_lost = sum(one.is_escape for one in changed)
        n_won = sum(one.is_found for one in changed)
        if n_lost <= n_won:
            return None
        return f"{n_lost} defects that were rejected pass with it, {n_won} that passed are rejected"

    def lines(self) -> Iterator[str]:
        """For people."""
        yield from self.old.lines("old")
        yield from self.added.lines("added")
        if self.unseen.n_pictures:
            yield from self.unseen.lines("unseen")
        yield from self.remarks

    def as_table(self) -> dict[str, object]:
        """The values that `--json` prints."""
        return {
            "old": self.old.as_table(),
            "added": self.added.as_table(),
            "unseen": self.unseen.as_table(),
            "remarks": list(self.remarks),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackRequest:
    """What to add to which bundle.

    Attributes:
        bundle: Its source lies beside it. It stays as it is, unless `out` is its place.
        data: Where the lists are now that it learnt from, in their order; empty: where they were.
        accept_weak: Why a bundle is wanted that should not judge, or that lets more defects pass
            than the old one; None: it is not.
        tell: Hears what is different before the bundle is written; what it raises leaves
            everything as it was.
    """

    added: PictureList
    bundle: Path
    out: Path
    data: tuple[Path, ...]
    weights_cache: Path | None
    listener: Listener
    tell: Callable[[Difference], None]
    accept_weak: str | None = None


def learn_more(request: FeedbackRequest) -> TrainingResult:
    """Train again as the bundle was trained, with the pictures that are added.

    A picture that the bundle knows and that is listed again is learnt as it is listed now. The
    input becomes larger where small defects came and the workshop chose its size.

    Raises:
        BundleError: The bundle is refused or was not trained here; or the new one lets more
            defects pass, and nobody said why it is wanted.
        DataError: Its pictures are not where they were, or are others; nothing new is added.
        InspectorError: As `train`.
        KeyboardInterrupt: A person ended it early; the same call goes on.
    """
    place = request.bundle.resolve()  # a link and its target have one source
    bundle = open_bundle(place)
    config = _config(bundle.manifest)
    source = own_source(place, bundle)
    lists = _lists(source, request)
    everything, listed = (
        load_lists(lists, is_newest_first=True),
        load_lists((request.added,), are_all=False),
    )
    unseen = _unseen(everything, listed, source)
    added, old = _told_apart(listed, _learnt_from(everything, source, request), request.added)
    _log.info("%d pictures are added to %d", len(added), len(old))
    if bundle.int8_model is not None:
        _log.warning("the new bundle will have no INT8 model: quantise it again")

    def look(folder: Path) -> None:
        difference = Difference(
            old=changes_between(place, folder, old),
            added=changes_between(place, folder, added),
            unseen=changes_between(place, folder, unseen),
            remarks=tuple(_remarks(bundle.manifest, open_bundle(folder).manifest)),
        )
        request.tell(difference)
        shortcoming = difference.shortcoming()
        if shortcoming is not None and request.accept_weak is None:
            raise BundleError(
                f"the bundle is not written: {shortcoming}; look at the pictures named above, or "
                "say why it is wanted all the same: --accept-weak REASON"
            )

    manifest = bundle.manifest
    return train(
        TrainingRequest(
            lists=(request.added, *lists),
            is_newest_first=True,
            out=request.out.resolve(),
            name=manifest.name,
            config=config,
            weights_cache=request.weights_cache,
            listener=request.listener,
            accept_weak=request.accept_weak,
            version=_next_version(manifest.version),
            look=look,
            kept_input=manifest.input,
        )
    )


def _lists(source: Source, request: FeedbackRequest) -> tuple[PictureList, ...]:
    """Where they are now; what means good in each stays as it was."""
    known = source.lists or tuple(PictureList(path=path) for path in request.data)
    if not known:
        raise DataError(
            f"where the pictures are that {str(request.bundle)!r} was learnt from is not known; "
            "say it with --data"
        )
    if request.data and len(request.data) != len(known):
        were = ", ".join(repr(str(one.path)) for one in known)
        raise DataError(
            f"{str(request.bundle)!r} was learnt from {len(known)} lists ({were}): say --data as "
            "often, in this order"
        )
    for one in known if not request.data else ():
        if not one.path.exists():
            raise DataError(
                f"{str(one.path)!r}, from which {str(request.bundle)!r} was learnt, is not there "
                "any more; say with --data where its pictures are now"
            )
    paths = request.data or tuple(one.path for one in known)
    return tuple(replace(one, path=path) for one, path in zip(known, paths, strict=True))


def _learnt_from(
    everything: Sequence[Sample], source: Source, request: FeedbackRequest
) -> tuple[Sample, ...]:
    """The pictures that the bundle knows; they must all be there."""
    training = without_copies((*of_split(everything, "train"), *of_split(everything, "val")))
    known = tuple(one for one in training if file_sha256(one.image) in source.roles)
    if len(known) < len(source.roles):
        raise DataError(
            f"{len(source.roles) - len(known)} of the {len(source.roles)} pictures that "
            f"{str(request.bundle)!r} was learnt from are not in its lists as they were; say with "
            "--data where they are"
        )
    if len(known) < len(training):
        _log.warning(
            "the bundle's lists name %d pictures that it has not learnt from; they are learnt from "
            "now",
            len(training) - len(known),
        )
    return known


def _unseen(
    everything: Sequence[Sample], listed: Sequence[Sample], source: Source
) -> tuple[Sample, ...]:
    """What tests both bundles, as it is listed now, and neither has learnt from."""
    now = [(file_sha256(one.image), one) for one in listed]
    before = [(file_sha256(one.image), one) for one in of_split(everything, "test")]
    split_of = {sha256: one.split for sha256, one in now}
    n_moved = sum(split_of.get(sha256, "test") != "test" for sha256, _ in before)
    if n_moved:
        _log.warning(
            "pictures that are learnt from now and were in the test split: %d; its figures are of "
            "fewer pictures than before",
            n_moved,
        )
    stays = (pair for pair in before if pair[0] not in split_of)
    tested = (*stays, *(pair for pair in now if pair[1].split == "test"))
    return tuple(one for sha256, one in tested if sha256 not in source.roles)


def _told_apart(
    listed: Sequence[Sample], known: Sequence[Sample], added: PictureList
) -> tuple[tuple[Sample, ...], tuple[Sample, ...]]:
    """Pictures that are new, or known with another label or mask than now; and the other known."""
    training = without_copies(
        with_shown_masks(one) for one in listed if one.split in ("train", "val")
    )
    old = {file_sha256(one.image): one for one in known}
    new = []
    for sample in training:
        sha256 = file_sha256(sample.image)
        if sha256 not in old or _says_more(sample, old[sha256]):
            new.append(sample)
            old.pop(sha256, None)
    if not new:
        why = (
            "are known already, as they are listed"
            if training
            else "are none in the splits train and val"
        )
        raise DataError(
            f"{str(added.path)!r} adds nothing: its pictures {why}; list new ones in the split "
            "train"
        )
    return tuple(new), tuple(old.values())


def _says_more(sample: Sample, known: Sample) -> bool:
    """Whether a row says something of a picture that was not known of it."""
    if sample.label != known.label:
        return True
    return bool(sample.masks) and _outlines(sample) != _outlines(known)


def _outlines(sample: Sample) -> list[tuple[str, str]]:
    labels = sample.mask_labels or (sample.label,) * len(sample.masks)
    return list(zip(map(file_sha256, sample.masks), labels, strict=True))


def _remarks(old: Manifest, new: Manifest) -> Iterator[str]:
    if old.threshold.scale != new.threshold.scale or old.labels != new.labels:
        yield (
            f"SCORE      means something else now: {new.outputs['score']}. Limits in recipes were "
            f"set for: {old.outputs['score']}"
        )
    if old.labels != new.labels:
        yield f"labels     were {', '.join(old.labels)}; are {', '.join(new.labels)}"
    if new.input != old.input:
        yield (
            f"INPUT      was {_size_text(old.input)}, is {_size_text(new.input)}: a part takes "
            "another time than before"
        )
    size_px = old.quality.size_px if old.quality else None
    if size_px is not None and (new.quality is None or new.quality.size_px != size_px):
        yield (
            f"SIZE       a line refused what was not {size_px[1]} x {size_px[0]} px; the pictures "
            "that were added have other sizes, and it takes them all now"
        )


def _size_text(spec: InputSpec) -> str:
    size = f"{spec.width_px} x {spec.height_px} px"
    return f"tiles of {size} at {spec.scale:.2f} of its size" if spec.is_in_tiles else size


def _config(manifest: Manifest) -> TrainingConfig:
    """As it was trained."""
    text = manifest.training.get("config")
    if not isinstance(text, str):
        raise BundleError(
            f"bundle {manifest.name!r} was not trained here, but imported; train it where it comes "
            "from"
        )
    return parse_config(text, manifest.task, "configuration in the bundle")


def _next_version(version: str) -> str:
    return str(int(version) + 1) if version.isdecimal() else f"{version}+1"
