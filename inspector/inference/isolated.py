"""Runs a bundle's graph in a process of its own, so that a crash in native code ends only that.

What a crash or a hung run costs is its own picture, and the time that a new process takes to load
the model: a quarter of a second. Pictures that come meanwhile wait. They go through pipes, for that
costs no more than shared memory would: see docs/decisions/0016-a-model-in-its-own-process.md.
"""

import threading
from dataclasses import asdict
from math import prod

import numpy as np
from numpy.typing import NDArray

from inspector.bundle import Manifest
from inspector.clock import Clock
from inspector.concurrency.worker import Worker
from inspector.errors import BundleError, InferenceError, InspectorError
from inspector.flow import Prediction, Preprocessed
from inspector.inference.prediction import prediction_of, read_outputs
from inspector.inference.supervised_process import SupervisedProcess

LONGEST_OPENING_S = 20.0  # the first time, from a cold disk
LONGEST_REOPENING_S = 2.5  # with what hung before it that is 3 s; the files were read just now
SERVICE = "inference"  # see `inspector.commands.serve`


class IsolatedBackend:
    """A model in a process of its own. Inferred from one thread at a time; close it at the end.

    Args:
        manifest, model, threads, has_spinning: See `inspector.inference.ort.OrtBackend`.
        limit_s: How long one run may take; then its process is ended and another one started.

    Raises:
        BundleError: The runtime refuses the graph, or its inputs and outputs are not those that
            the manifest names.
        InferenceError: The process cannot be started, or died.
    """

    def __init__(
        self,
        manifest: Manifest,
        model: bytes,
        *,
        threads: int = 1,
        has_spinning: bool = False,
        limit_s: float,
        clock: Clock,
    ) -> None:
        self._manifest = manifest
        self._model = model
        self._words = {
            "input": asdict(manifest.input),
            "outputs": read_outputs(manifest),
            "threads": threads,
            "has_spinning": has_spinning,
        }
        self._limit_s = limit_s
        self._clock = clock
        self._process: SupervisedProcess | None = None
        self._starting: Worker | None = None
        self._lock = threading.Lock()  # of what follows
        self._is_closed = False
        self._open(LONGEST_OPENING_S)

    @property
    def process_id(self) -> int | None:
        """The operating system's number of the model's process; None while there is none."""
        process = self._process
        return None if process is None else process.process_id

    def infer(self, prepared: Preprocessed) -> Prediction:
        """See `InferenceBackend.infer`. A process that died or hangs is replaced meanwhile."""
        process = self._opened()
        tensor = np.ascontiguousarray(prepared.tensor)
        try:
            words, raw = process.ask(
                "run", {"shape": tensor.shape}, tensor.data.cast("B"), timeout_s=self._limit_s
            )
        except InferenceError:
            self._replace(process)
            raise
        if "refused" in words:
            raise InferenceError(words["refused"])
        return prediction_of(_named(words["shapes"], raw), prepared, self._manifest)

    def close(self) -> None:
        """End the process; a run that is under way fails. For any thread, and twice is allowed."""
        with self._lock:
            self._is_closed = True
        if self._starting is not None:
            self._starting.join()
        if self._process is not None:
            self._process.close()
        self._starting = self._process = None

    def _opened(self) -> SupervisedProcess:
        starting, self._starting = self._starting, None
        if starting is not None:
            starting.join()
            if starting.failure is not None:
                self._restart()  # for the next picture
                raise InferenceError(str(starting.failure)) from starting.failure
        if self._process is None:
            raise InferenceError("the model's process has ended")
        return self._process

    def _replace(self, process: SupervisedProcess) -> None:
        process.close()
        self._process = None
        self._restart()

    def _restart(self) -> None:
        """Not in this thread, which has a result to deliver."""
        with self._lock:
            if self._is_closed:
                return
            self._starting = Worker("inference", lambda: self._open(LONGEST_REOPENING_S), _kept)
            self._starting.start()

    def _open(self, limit_s: float) -> None:
        process = SupervisedProcess("the model", SERVICE, self._clock)
        try:
            words, _ = process.ask("open", self._words, self._model, timeout_s=limit_s)
            if "refused" in words:
                raise BundleError(words["refused"])
        except BaseException:
            process.close()
            raise
        with self._lock:
            self._process = None if self._is_closed else process
        if self._process is None:
            process.close()


def _named(shapes: dict[str, list[int]], raw: bytes) -> dict[str, NDArray[np.float32]]:
    """The outputs that lie in the bytes one after the other."""
    named = {}
    values = np.frombuffer(raw, np.float32)
    for name, shape in shapes.items():
        length = prod(shape)
        named[name] = values[:length].reshape(shape)
        values = values[length:]
    return named


def _kept(_error: InspectorError) -> None:
    """Told to whoever asks for the next prediction."""
