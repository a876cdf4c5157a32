"""What the pipeline asks of a runtime."""

from typing import Protocol

from inspector.flow import Prediction, Preprocessed


class InferenceBackend(Protocol):
    """Turns a prepared tensor into a score."""

    def infer(self, prepared: Preprocessed) -> Prediction:
        """Run the network once.

        Args:
            prepared: Tensor of the shape and dtype named in the bundle's manifest.

        Returns:
            Score in model units (higher is worse) and, if the model has one, a heat map.

        Raises:
            InferenceError: The runtime failed or gave a number that is not finite. This frame is
                unjudged; the run goes on.
        """
        ...
