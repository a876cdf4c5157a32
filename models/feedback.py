"""Adds what a line found to what a bundle learnt from, and learns all of it anew."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from inspector.bundle import Manifest, open_bundle
from inspector.errors import BundleError, DataError
from models.comparing.changes import Changes, changes_between
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
        old: On the pictures that the old one learnt from.
        added: On those that came in.
    """

    old: Changes
    added: Changes

    def shortcoming(self) -> str | None:
        """Why nobody should want it; None where nothing speaks against it."""
        n_lost, n_won = len(self.old.newly_passed()), len(self.old.newly_found())
        if n_lost <= n_won:
            return None
        return (
            f"{n_lost} defects that were rejected pass with it, and {n_won} that passed are "
            "rejected"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackRequest:
    """What to add to which bundle.

    Attributes:
        bundle: Its source lies beside it. It stays as it is, unless `out` is its place.
        data: Where the pictures lie now that it learnt from; None: where they were.
        accept_weak: Why a bundle is wanted that should not judge, or that lets more defects pass
            than the old one; None: it is not.
        tell: Hears what is different before the bundle is written; what it raises leaves
            everything as it was.
    """

    added: PictureList
    bundle: Path
    out: Path
    data: PictureList | None
    weights_cache: Path | None
    listener: Listener
    tell: Callable[[Difference], None]
    accept_weak: str | None = None


def learn_more(request: FeedbackRequest) -> TrainingResult:
    """Train again as the bundle was trained, with the pictures that are added.

    Raises:
        BundleError: The bundle is refused or was not trained here; or the new one lets more of the
            old defects pass, and nobody said why it is wanted.
        DataError: Its pictures are not where they were, or are others; nothing new is added.
        InspectorError: As `train`.
    """
    place = request.bundle.resolve()
    bundle = open_bundle(place)
    source = own_source(place, bundle)
    lists = _lists(source, request)
    old = _learnt_from(lists, source, request.bundle)
    added = _new_among(request.added, source)
    _log.info("%d pictures are added to %d", len(added), len(old))

    def look(folder: Path) -> None:
        difference = Difference(
            old=changes_between(place, folder, old), added=changes_between(place, folder, added)
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
            lists=(*lists, request.added),
            out=request.out,
            name=manifest.name,
            config=_config(manifest),
            weights_cache=request.weights_cache,
            listener=request.listener,
            accept_weak=request.accept_weak,
            version=_next_version(manifest.version),
            look=look,
        )
    )


def _lists(source: Source, request: FeedbackRequest) -> tuple[PictureList, ...]:
    if request.data is not None:
        return (request.data,)
    for one in source.lists:
        if not one.path.exists():
            raise DataError(
                f"{str(one.path)!r}, from which {str(request.bundle)!r} was learnt, is not there "
                "any more; say with --data where its pictures are now"
            )
    if not source.lists:
        raise DataError(
            f"where the pictures are that {str(request.bundle)!r} was learnt from is not known; "
            "say it with --data"
        )
    return source.lists


def _learnt_from(
    lists: tuple[PictureList, ...], source: Source, bundle: Path
) -> tuple[Sample, ...]:
    """The pictures that the bundle knows; they must all be there."""
    everything = load_lists(lists)
    training = without_copies((*of_split(everything, "train"), *of_split(everything, "val")))
    known = tuple(one for one in training if file_sha256(one.image) in source.roles)
    if len(known) < len(source.roles):
        raise DataError(
            f"{len(source.roles) - len(known)} of the {len(source.roles)} pictures that "
            f"{str(bundle)!r} was learnt from are not in "
            f"{' and '.join(repr(str(one.path)) for one in lists)} as they were; say with --data "
            "where they are"
        )
    if len(known) < len(training):
        _log.warning(
            "the list names %d pictures that the bundle has not learnt from; they are learnt from "
            "now",
            len(training) - len(known),
        )
    return known


def _new_among(added: PictureList, source: Source) -> tuple[Sample, ...]:
    samples = load_lists((added,))
    training = without_copies((*of_split(samples, "train"), *of_split(samples, "val")))
    new = tuple(one for one in training if file_sha256(one.image) not in source.roles)
    if not new:
        why = "are known already" if training else "are in the splits train and val: none"
        raise DataError(
            f"{str(added.path)!r} adds nothing: its pictures {why}; list new ones in the split "
            "train"
        )
    return new


def _config(manifest: Manifest) -> TrainingConfig:
    """As it was trained, with an input of the size it has."""
    text = manifest.training.get("config")
    if not isinstance(text, str):
        raise BundleError(
            f"bundle {manifest.name!r} was not trained here, but imported; train it where it comes "
            "from"
        )
    config = parse_config(text, manifest.task, "configuration in the bundle")
    return replace(config, height_px=manifest.input.height_px, width_px=manifest.input.width_px)


def _next_version(version: str) -> str:
    return str(int(version) + 1) if version.isdecimal() else f"{version}+1"
