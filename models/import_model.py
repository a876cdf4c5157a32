"""Makes a proven bundle of a foreign model: its graph with pixels before and verdicts behind it."""

import hashlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inspector.bundle import (
    Canary,
    InputSpec,
    Manifest,
    Proof,
    Threshold,
    check_bundle_place,
)
from inspector.bundle.manifest import Resize
from inspector.errors import BundleError, ConfigurationError
from inspector.inference.ort import OrtBackend
from inspector.store.images import encode_png
from models.comparing.comparison import proof_of
from models.dataset.hashes import data_sha256
from models.dataset.labels import check_known, warn_without_good
from models.dataset.pictures import LoadedSet
from models.dataset.sample import GOOD
from models.dataset.sample_depth import full_light_of
from models.graphs.running import one_by_one
from models.graphs.walk import opset_of
from models.importing.assemble import bundle_model
from models.importing.batch_axis import with_free_batch
from models.importing.choice import HINT, choose
from models.importing.class_names import agreed_labels
from models.importing.heads.head import Head
from models.importing.heads.outputs import plan_head
from models.importing.lots import Lots, divide, is_defect, samples_to_import_by
from models.importing.model_inputs import picture_input
from models.importing.pixels import Layout, ModelColor, Normalisation, Pixels, plan_pixels
from models.importing.readers.read_model import read_model
from models.importing.source_model import Size, SourceModel
from models.measures.rejection import accepted, rejection_of, stand_ins
from models.measures.threshold import Targets
from models.publishing.publish import Draft, publish
from models.publishing.sealing import canary_frame_of, library_versions

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRequest:
    """What to import, what a person knows of it, and where to put it.

    Attributes:
        name: What people will call the model.
        outputs: Names of the model's outputs, by role; empty: recognised.
        labels: The classes in the model's order; empty for the task anomaly.
        size_px: For a model that takes pictures of any size.
        layout, color, normalisation: None where nothing was said.
        accept_weak: Why a bundle is wanted that should not judge; None: it is not.
        good_label: Which of the labels means free of defects, where it is not "good".
        sample_bits: How many bits the camera uses in pictures of 16; None: the pictures tell.
    """

    model: Path
    data: Path
    out: Path
    name: str
    task: str
    outputs: Mapping[str, str]
    labels: tuple[str, ...]
    size_px: Size | None
    layout: Layout | None
    color: ModelColor | None
    resize: Resize
    normalisation: Normalisation | None
    targets: Targets
    sample_bits: int | None = None
    good_label: str | None = None
    accept_weak: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Joined:
    """The foreign model with what was put before and behind it."""

    source: SourceModel
    pixels: Pixels
    head: Head
    model: bytes
    opset: int

    def of_source(self, tensors: NDArray[np.uint8]) -> dict[str, NDArray[np.float32]]:
        """What the bundle should give, by the model's own runtime and NumPy."""
        raw = one_by_one(lambda tensor: self.source.run(self.pixels.prepared(tensor)), tensors)
        return self.head.computed(raw)


def import_model(request: ImportRequest) -> Manifest:
    """Read, join, choose the threshold, prove against the model's own runtime, and seal.

    The threshold and the proof are taken from the val split of the pictures, or the train split
    where there is none; test is never looked at.

    Returns:
        The manifest of the bundle as it was written.

    Raises:
        ConfigurationError: The model cannot be read or is none that a bundle can hold, what was
            said does not fit it, the pictures do not fit it, or the proof failed.
        StoreFull: The disk is full. A bundle that was there before stays as it is.
    """
    check_bundle_place(request.out)
    samples = samples_to_import_by(request.data, request.good_label)
    joined = _join(request)
    spec = replace(
        joined.pixels.spec(request.resize),
        max_sample=full_light_of(samples, request.sample_bits),
    )
    labels = joined.head.labels
    warn_without_good(labels)
    if request.task != "anomaly":  # which calls every kind of defect a defect
        check_known(samples, labels, repr(str(request.data)))
    lots = divide(samples, spec, has_good=labels[0] == GOOD)
    manifest = _manifest(request, joined, spec, lots)
    backend = OrtBackend(manifest, joined.model)
    judged = one_by_one(backend.run, lots.held_out.tensors)
    choice = choose(
        judged,
        lots.held_out.samples,
        labels,
        request.targets,
        has_own_map=len(joined.head.sources) == 2,
    )
    threshold = choice.chosen.threshold
    are_defects = np.array(is_defect(lots.held_out.samples, labels), np.bool_)
    rejects: Mapping[str, object] = {}
    if labels[0] == GOOD:
        rejection = rejection_of(
            judged["score"],
            are_defects,
            threshold.value,
            stand_ins(are_defects, lots.held_out.tensors[~are_defects], backend.run),
        )
        rejects = accepted(rejection, request.accept_weak, HINT)
    canary = Canary(score=0.0, tolerance=choice.canary_tolerance)
    draft = Draft(
        manifest=replace(manifest, threshold=threshold, canary=canary),
        model=joined.model,
        canary_png=encode_png(canary_frame_of(lots.held_out, spec).pixels),
        proof=_prove(joined, backend, lots.proof, threshold.value),
        figures={"doubts": list(choice.chosen.doubts), **rejects, **choice.figures},
        source=None,
    )
    sealed = publish(draft, request.out)
    _log.info(
        "`validate` cannot run this source again: its proof is in the bundle; to prove it anew, "
        "import %s once more",
        request.model.name,
    )
    return sealed


def _join(request: ImportRequest) -> _Joined:
    _log.info("reading %s", request.model.name)
    source = read_model(request.model, request.size_px)
    pixels = plan_pixels(
        picture_input(source.graph),
        size_px=request.size_px,
        layout=request.layout,
        color=request.color,
        normalisation=request.normalisation,
    )
    batch = picture_input(source.graph).dims[0]
    if batch not in (None, 1):
        raise ConfigurationError(
            f"the model takes {batch} pictures at a time, no more and no fewer; export it for one, "
            "or for any number"
        )
    graph, found = with_free_batch(source.graph, source.input_name, pixels)
    size_px = (pixels.height_px, pixels.width_px)
    labels = request.labels
    if request.task != "anomaly":  # whose labels are always the same two
        labels = agreed_labels(labels, source.class_names, request.good_label)
    head = plan_head(request.task, found, request.outputs, labels, size_px)
    return _Joined(
        source=source,
        pixels=pixels,
        head=head,
        model=bundle_model(graph, source.input_name, pixels, head),
        opset=opset_of(graph),
    )


def _manifest(request: ImportRequest, joined: _Joined, spec: InputSpec, lots: Lots) -> Manifest:
    pixels, head = joined.pixels, joined.head
    return Manifest(
        bundle_id="",
        task=request.task,
        name=request.name,
        version="1",
        input=spec,
        outputs=head.meanings,
        labels=head.labels,
        threshold=Threshold(value=0.0, method="not chosen yet", n_images=1),
        canary=Canary(score=0.0, tolerance=0.0),
        opset=joined.opset,
        versions={**library_versions(), **joined.source.versions},
        data={
            "sha256": data_sha256(lots.samples),
            "n_held_out": len(lots.held_out.samples),
            "n_proof": len(lots.proof.samples),
        },
        validation={},
        training={
            "imported_from": {
                "file": request.model.name,
                "kind": joined.source.kind,
                "sha256": joined.source.sha256,
            },
            "pixels": {
                "layout": pixels.layout,
                "color": pixels.color,
                "dtype": pixels.dtype.name,
                "scale": pixels.normalisation.scale,
                "mean": list(pixels.normalisation.mean),
                "std": list(pixels.normalisation.std),
            },
            "outputs": list(head.sources),
        },
        files={},
    )


def _prove(joined: _Joined, backend: OrtBackend, lot: LoadedSet, threshold: float) -> Proof:
    kind = joined.source.kind
    _log.info("comparing %s and the bundle's graph on %d pictures", kind, len(lot.samples))
    proof = proof_of(
        joined.of_source(lot.tensors),
        one_by_one(backend.run, lot.tensors),
        lot.sha256s,
        threshold=threshold,
        model_sha256=hashlib.sha256(joined.model).hexdigest(),
    )
    shortcoming = proof.shortcoming()
    if shortcoming is not None:
        advice = (
            "it gives the same for every picture; is it the right one?"
            if "same everywhere" in shortcoming
            else "a model of whole numbers or half precision rounds differently in every runtime: "
            "import the one of float32 that it was made from"
        )
        raise BundleError(
            f"the bundle's graph is not proven to judge as the {kind} model: {shortcoming}; "
            + advice
        )
    return proof
