"""Fits the network to maps of marked pictures, and judges others with it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.backbones.weights import Weights
from models.graphs.training_library import tensorflow
from models.marked.loss import batch_loss
from models.marked.maps import LowMaps
from models.marked.mixing import N_DEFECTS, N_GOOD, Mixer
from models.marked.network import MarkedNetwork
from models.training.checkpoint import Checkpoint
from models.training.one_cycle import Group, OneCycle, Plan
from models.training.progress import Workload

N_ROUNDS = 7
MIN_BATCHES, MAX_BATCHES = 20, 50  # of a round: few pictures want as many steps, many no more
_HEAD_RATE, _MIDDLE_RATE = 4e-3, 3e-4
_MEAN_OVER = 100  # steps, of some 350

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedSettings:
    """How to learn.

    Attributes:
        n_rounds: Over the pictures, about.
        head_rate, middle_rate: Learning rates of the decoder and of the backbone's blocks.
    """

    n_rounds: int = N_ROUNDS
    head_rate: float = _HEAD_RATE
    middle_rate: float = _MIDDLE_RATE


class Seen(NamedTuple):
    """What the network says of pictures.

    Attributes:
        image: (N,) logits that there is a defect.
        mask: (N, h, w) logits of the defect, at stride 4.
    """

    image: Floats
    mask: Floats


def n_batches_for(n_pictures: int) -> int:
    """How many batches make a round."""
    return min(max(n_pictures // (N_DEFECTS + N_GOOD), MIN_BATCHES), MAX_BATCHES)


class MarkedFitter:
    """Fits the network to one choice of pictures after the other, and judges others with it.

    Args:
        kinds, is_outlined: Of all pictures of the maps, see `MarkedPictures`.
    """

    def __init__(
        self,
        maps: LowMaps,
        kinds: NDArray[np.intp],
        is_outlined: NDArray[np.bool_],
        *,
        weights: Weights,
        n_kinds: int,
        settings: MarkedSettings,
        seed: int,
    ) -> None:
        tf = tensorflow()
        self._maps, self._kinds, self._is_outlined = maps, kinds, is_outlined
        self._settings, self._seed = settings, seed
        network = self._network = MarkedNetwork(weights, n_kinds, seed)

        def loss(stride_4: Any, stride_8: Any, *truth: Any) -> Any:
            return batch_loss(tf, network(stride_4, stride_8, training=True), *truth)

        self._cycle = OneCycle(
            network.model,
            [
                Group(variables=network.decoder.trainable_variables, rate=settings.head_rate),
                Group(variables=network.middle.trainable_variables, rate=settings.middle_rate),
            ],
            loss,
            mean_over=_MEAN_OVER,
        )
        self._run = tf.function(lambda *low: network(*low)[:2], reduce_retracing=True)

    def fit(self, places: Sequence[int], checkpoint: Checkpoint, workload: Workload) -> bool:
        """Learn from some pictures of the maps, from the start; whether as long as was planned.

        Raises:
            ConfigurationError, StoreError, KeyboardInterrupt: As `OneCycle.fit`.
        """
        mixer = Mixer(self._maps, self._kinds, self._is_outlined, places, self._seed)
        plan = Plan(n_rounds=self._settings.n_rounds, n_batches=n_batches_for(len(places)))
        return self._cycle.fit(
            lambda number: mixer.batches(number, plan.n_batches), plan, checkpoint, workload
        )

    def arrays(self) -> dict[str, Floats]:
        """The network as it is now, by name."""
        return self._network.arrays()

    def seen(self, batches: Iterator[tuple[Floats, ...]]) -> Seen:
        """What the network, as it is now, says of maps of strides 4 and 8, some at a time."""
        pieces = [[each.numpy() for each in self._run(*low)] for low in batches]
        return Seen(
            mask=np.concatenate([mask for mask, _ in pieces]),
            image=np.concatenate([image for _, image in pieces]),
        )
