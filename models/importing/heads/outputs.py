"""Tells which of a foreign model's outputs is what, or says what must be named."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from inspector.errors import ConfigurationError, UsageError
from inspector.verdict import GOOD
from models.importing.heads.anomaly_head import AnomalyHead
from models.importing.heads.classify_head import ClassifyHead
from models.importing.heads.head import Head
from models.importing.heads.segment_head import SegmentHead
from models.importing.source_model import ModelOutput, Size

_log = logging.getLogger(__name__)
ROLES = {
    "anomaly": ("score", "heatmap"),
    "classify": ("probabilities", "logits"),
    "segment": ("probabilities", "logits"),
}
_USUAL_NAMES = {
    "score": ("score", "pred_score", "anomaly_score", "image_score"),
    "heatmap": ("heatmap", "anomaly_map", "score_map"),
}
_SUM_TOLERANCE = 1e-3
_STEP = 1 / 256  # of values in 8 bits
_MOST_STEPS = 4  # that each class may be off; behind a softmax over another axis it is more
_MOST_STRETCH = 1.5  # of a heat map against the picture; strides round up
_MIN_BOXES = 20  # a detector proposes more than any classifier of parts has classes


def plan_head(
    task: str,
    found: Sequence[ModelOutput],
    named: Mapping[str, str],
    labels: tuple[str, ...],
    size_px: Size,
) -> Head:
    """Decide how the bundle's outputs are made of the model's.

    Args:
        found: All outputs there are to choose from, at least one.
        named: Names of outputs that a person gave, by role.
        labels: In the model's order; empty where nothing was said.
        size_px: Of the bundle's input.

    Raises:
        UsageError: What was said does not fit the model or the task.
        ConfigurationError: The outputs cannot be told apart, or none of them fits; the text lists
            them with their shapes.
    """
    for role, name in named.items():
        if role not in ROLES[task]:
            raise UsageError(
                f"--output {role}={name}: the task {task} takes {' or '.join(ROLES[task])}"
            )
        if name not in [output.name for output in found]:
            raise UsageError(
                f"--output {role}={name}: the model has no such output{_listed(found)}"
            )
    if task == "anomaly":
        return _anomaly(found, named, labels, size_px)
    if len(named) > 1:
        raise UsageError(f"--output: give the task {task} probabilities or logits, not both")
    if not labels:
        raise UsageError(
            f"the task {task} needs --labels: the names of the model's classes in the model's order"
            f"{_listed(found)}"
        )
    if len(set(labels)) < max(2, len(labels)):
        raise UsageError("--labels: name at least two classes, each of them once")
    return (_classify if task == "classify" else _segment)(found, named, labels, size_px)


def _anomaly(
    found: Sequence[ModelOutput],
    named: Mapping[str, str],
    labels: tuple[str, ...],
    size_px: Size,
) -> AnomalyHead:
    if labels:
        raise UsageError("--labels: the task anomaly tells good and defect apart; leave it out")
    score = _of_role("score", found, named, lambda output: _n_values(output) == 1, "[N] or [N, 1]")
    heatmap = _of_role(
        "heatmap",
        found,
        named,
        lambda output: _map_px(output, size_px) is not None,
        "a map of about the picture's proportions, [N, rows, columns] with or without an axis of 1",
    )
    if score is None and heatmap is None:
        raise ConfigurationError(
            f"no output of the model is a score or a heat map{_boxes_hint(found)}{_listed(found)}"
        )
    return AnomalyHead(
        score=None if score is None else score.name,
        heatmap=None if heatmap is None else heatmap.name,
        map_px=size_px if heatmap is None else _map_px(heatmap, size_px) or size_px,
        size_px=size_px,
    )


def _classify(
    found: Sequence[ModelOutput],
    named: Mapping[str, str],
    labels: tuple[str, ...],
    _size_px: Size,
) -> ClassifyHead:
    columns = (len(labels), 1) if len(labels) == 2 else (len(labels),)
    role, output = _only(
        found,
        named,
        lambda output: (
            _n_values(output) in columns
            and max(output.shape, default=1) == _n_values(output)  # other axes are of length 1
        ),
        f"[N, {len(labels)}], one column for each of --labels",
    )
    flat = replace(output, example=output.example.reshape(len(output.example), -1))
    return ClassifyHead(
        source=output.name,
        model_labels=labels,
        is_logits=_is_logits(flat, role, class_axis=-1),
        n_columns=flat.shape[0],
    )


def _segment(
    found: Sequence[ModelOutput],
    named: Mapping[str, str],
    labels: tuple[str, ...],
    size_px: Size,
) -> SegmentHead:
    if labels[0] != GOOD:
        raise UsageError(
            f"--labels: the first class of the task segment means free of defects; call it {GOOD!r}"
        )
    channels = (len(labels), 1) if len(labels) == 2 else (len(labels),)
    role, output = _only(
        found,
        named,
        lambda output: (
            len(output.shape) == 3 and not {output.shape[0], output.shape[2]}.isdisjoint(channels)
        ),
        f"[N, {len(labels)}, rows, columns] or [N, rows, columns, {len(labels)}], one map for each "
        "of --labels",
    )
    is_first = output.shape[0] in channels
    if is_first and output.shape[2] in channels:
        raise ConfigurationError(f"which axis of {output} is that of the classes cannot be told")
    map_px = output.shape[1:] if is_first else output.shape[:2]
    if size_px[0] % map_px[0] or size_px[1] % map_px[1]:
        raise ConfigurationError(
            f"the model's {output} does not divide its input of {size_px[1]} x {size_px[0]} px "
            "evenly; export it so that its maps are as large as the picture"
        )
    return SegmentHead(
        source=output.name,
        labels=labels,
        is_logits=_is_logits(output, role, class_axis=1 if is_first else -1),
        n_channels=output.shape[0 if is_first else 2],
        is_channels_first=is_first,
        map_px=(map_px[0], map_px[1]),
        size_px=size_px,
    )


def _of_role(
    role: str,
    found: Sequence[ModelOutput],
    named: Mapping[str, str],
    fits: Callable[[ModelOutput], bool],
    wanted: str,
) -> ModelOutput | None:
    """The output that was named, else one with a usual name, else the only one that fits."""
    if role in named:
        output = next(output for output in found if output.name == named[role])
        if not fits(output):
            raise UsageError(f"--output {role}={output.name}: it is {output}, not {wanted}")
        return output
    if named:
        return None  # who names outputs names all that are to be used
    fitting = [output for output in found if fits(output)]
    usual = [output for output in fitting if output.name in _USUAL_NAMES[role]]
    chosen = usual or fitting
    if len(chosen) > 1:
        raise ConfigurationError(
            f"which output is the {role} cannot be told; name it with --output {role}=NAME"
            f"{_listed(found)}"
        )
    return chosen[0] if chosen else None


def _only(
    found: Sequence[ModelOutput],
    named: Mapping[str, str],
    fits: Callable[[ModelOutput], bool],
    wanted: str,
) -> tuple[str | None, ModelOutput]:
    """The output of classes, and the role that a person gave it."""
    for role, name in named.items():
        output = next(output for output in found if output.name == name)
        if not fits(output):
            raise UsageError(f"--output {role}={name}: it is {output}, not {wanted}")
        return role, output
    fitting = [output for output in found if fits(output)]
    if not fitting:
        raise ConfigurationError(
            f"no output of the model is {wanted}{_boxes_hint(found)}{_listed(found)}"
        )
    shares = [output for output in fitting if output.ends_in == "Softmax"]
    if len(fitting) > 1 and len(shares) == 1:  # the others are what stands before it
        return None, shares[0]
    if len(fitting) > 1:
        raise ConfigurationError(
            "which output tells the classes cannot be told; name it with --output "
            f"probabilities=NAME or --output logits=NAME{_listed(found)}"
        )
    return None, fitting[0]


def _is_logits(output: ModelOutput, role: str | None, class_axis: int) -> bool:
    """Whether softmax, or for one class the sigmoid, is still to come.

    What a person says is believed, then what the graph says; only then the values are looked at:
    probabilities in 8 bits sum to 1 within some steps of 1/256 for each class.
    """
    values = output.example
    is_share = bool((values >= -_STEP).all() and (values <= 1 + _STEP).all())
    if role == "probabilities" and not is_share:
        raise UsageError(f"--output {role}={output.name}: its values are not all within 0..1")
    if role == "probabilities" and values.shape[class_axis] > 1:
        off = float(np.abs(values.sum(axis=class_axis) - 1).max())
        if off > _MOST_STEPS * _STEP * values.shape[class_axis]:
            _log.warning("the probabilities in %s do not sum to 1 but are off by %.2f", output, off)
    if role is not None:
        return role == "logits"
    if values.shape[class_axis] == 1:
        if output.ends_in != "Sigmoid":
            raise ConfigurationError(
                f"whether {output} is a probability cannot be told; say --output "
                f"probabilities={output.name} or --output logits={output.name}"
            )
        return False
    off = float(np.abs(values.sum(axis=class_axis) - 1).max())
    step = _STEP * values.shape[class_axis]
    if output.ends_in == "Softmax" and is_share and off <= _MOST_STEPS * step:
        return False
    if output.ends_in == "Sigmoid" and off > _SUM_TOLERANCE:
        raise ConfigurationError(
            f"{output} gives each class a probability of its own; a bundle's sum to 1: export the "
            "model with softmax, or with what stands before the sigmoid"
        )
    if is_share and _SUM_TOLERANCE < off <= step:
        raise ConfigurationError(
            f"whether {output} are probabilities cannot be told: they sum to 1 within {off:.3f}; "
            f"say --output probabilities={output.name} or --output logits={output.name}"
        )
    return not (is_share and off <= _SUM_TOLERANCE)


def _n_values(output: ModelOutput) -> int:
    return int(np.prod(output.shape))


def _map_px(output: ModelOutput, size_px: Size) -> Size | None:
    """Rows and columns of a map with or without an axis of 1 for its channel.

    Boxes and descriptions have two axes too, but not the proportions of the picture.
    """
    shape = output.shape
    if len(shape) == 3 and 1 in (shape[0], shape[2]):
        shape = shape[1:] if shape[0] == 1 else shape[:2]
    if len(shape) != 2 or min(shape) < 2:
        return None
    stretch = shape[0] / shape[1] / (size_px[0] / size_px[1])
    is_alike = 1 / _MOST_STRETCH <= stretch <= _MOST_STRETCH
    return (shape[0], shape[1]) if is_alike else None


def _boxes_hint(found: Sequence[ModelOutput]) -> str:
    for output in found:
        if len(output.shape) == 2 and min(output.shape) > 4 and max(output.shape) >= _MIN_BOXES:
            return (
                f"; {output} looks like the boxes of a detector, by which the line does not judge: "
                "export it so that it gives a score for each picture, such as the highest "
                "confidence of all its boxes"
            )
    return ""


def _listed(found: Sequence[ModelOutput]) -> str:
    return f"; its outputs: {'; '.join(map(str, found))}"
