"""What a bundle is proven with: its TensorFlow source, and pictures that it was not chosen on."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inspector.assembly import build_inspection
from inspector.bundle import Bundle, Manifest, open_bundle
from inspector.clock import SystemClock
from inspector.errors import DataError
from inspector.recipe import DEFAULT_RECIPE
from models.backbones.weights import load_weights
from models.dataset.labels import check_known
from models.dataset.pictures import LoadedSet, load_set
from models.dataset.reader import load_samples
from models.publishing.source import Source, own_source
from models.tasks.task import load_task


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ValidationInputs:
    """A bundle, its source and the pictures.

    Attributes:
        path: Where the bundle lies.
        function: The source as a `tf.function`.
        pictures: Those of the list that are new to the model; at least one.
        n_seen: Those that were left out, for the model was chosen on them.
    """

    path: Path
    bundle: Bundle
    source: Source
    function: Any
    pictures: LoadedSet
    n_seen: int


def open_validation_inputs(
    bundle_path: Path, data: Path, weights_cache: Path | None, good_label: str | None = None
) -> ValidationInputs:
    """Open everything.

    Args:
        good_label: See `load_samples`.

    Raises:
        BundleError: The bundle is refused.
        DataError: It was imported, its source is not beside it or is another model's, or no
            picture of the list is new to it.
    """
    bundle_path = bundle_path.resolve()  # "." has no neighbour's name
    bundle = open_bundle(bundle_path)
    _refuse_imported(bundle.manifest)
    build_inspection(bundle, DEFAULT_RECIPE, SystemClock()).close()  # it judges its canary
    source = own_source(bundle_path, bundle)
    spec = bundle.manifest.input
    samples = load_samples(data, good_label)
    if bundle.manifest.task == "classify":  # others call every kind of defect a defect
        check_known(samples, bundle.manifest.labels, repr(str(data)))
    loaded = load_set(samples, spec)
    fresh = [index for index, sha in enumerate(loaded.sha256s) if sha not in source.seen]
    if not fresh:
        raise DataError(
            f"{str(data)!r}: the model was fitted to or calibrated on every picture of it; an "
            "empty comparison proves nothing: give pictures it has not seen"
        )
    return ValidationInputs(
        path=bundle_path,
        bundle=bundle,
        source=source,
        function=load_task(source.task).graph(source.parameters, spec, load_weights(weights_cache)),
        pictures=loaded.part_of(fresh),
        n_seen=len(loaded.samples) - len(fresh),
    )


def _refuse_imported(manifest: Manifest) -> None:
    """An imported bundle's source is a foreign file, which only `import` can run."""
    origin = manifest.training.get("imported_from")
    if isinstance(origin, Mapping):
        raise DataError(
            f"bundle {manifest.name!r} was imported from {origin.get('file')!r} (SHA-256 "
            f"{str(origin.get('sha256'))[:12]}), whose proof it carries; to prove it again, run "
            "`import` with that model and the pictures"
        )
