"""The process of an isolated model: runs the graph, and nothing else.

A command takes words and raw bytes, and answers in both; `inspector.inference.isolated` asks.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from inspector.bundle import InputSpec
from inspector.errors import BundleError, InferenceError
from inspector.inference.ort import OrtSession
from inspector.inference.serving import Answer, serve_on_own_pipes


class ModelSession:
    """One model. Each public method is a command."""

    def __init__(self) -> None:
        self._session: OrtSession | None = None

    def open(self, words: Mapping[str, Any], model: bytes) -> Answer:
        """Load the model; an answer that is "refused" says why the runtime does not take it."""
        try:
            self._session = OrtSession(
                model,
                InputSpec(**words["input"]),
                words["outputs"],
                threads=words["threads"],
                has_spinning=words["has_spinning"],
            )
        except BundleError as error:
            return {"refused": str(error)}, b""
        return {}, b""

    def run(self, words: Mapping[str, Any], pixels: bytes) -> Answer:
        """Run it once on uint8 of the given shape; the shapes of its outputs, one after the other.

        An answer that is "refused" says why there are none.
        """
        if self._session is None:
            raise RuntimeError("no model is open")
        try:
            named = self._session.run_tiles(np.frombuffer(pixels, np.uint8).reshape(words["shape"]))
        except InferenceError as error:
            return {"refused": str(error)}, b""
        shapes = {name: values.shape for name, values in named.items()}
        return {"shapes": shapes}, b"".join(values.tobytes() for values in named.values())


def main() -> None:
    """Serve on this process's own pipes."""
    session = ModelSession()
    serve_on_own_pipes({"open": session.open, "run": session.run}, is_guarded=True)
