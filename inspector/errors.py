"""Every error of ours, grouped by who must act on it.

InspectorError
    ConfigurationError      an engineer must change a file or a command line
        UsageError          the command line itself
            FolderInUse     another program of ours writes there; close it
            StillRunning    the run before has not ended; end this program
        RecipeError         the recipe
        SettingsError       the station file
        BundleError         the bundle is not what was validated
        BackupError         the backup of a station is not what was written
        DataError           the list of pictures handed to the workshop
    CaptureError            wait, retry, or call maintenance
        SourceUnavailable   nothing can be opened there
        GrabTimeout         no frame came in time
        CorruptFrame        a frame came, but not a whole one: this part is an ERROR
            FrozenPicture   it is, to the last bit, the one before
            ChangedPicture  it has another size or kind than at the start of the run
        FrameLost           a picture was taken and never reached us
        EndOfSource         there are no more frames, as at the end of a folder
    InspectionError         this frame is an ERROR, the run goes on
        PoorPicture         nothing can be seen on it that the model was taught to see
            TooDark         look at the light and the lens cap
            TooBright       look at the light
            NoContrast      look at the lens, and whether there is a part
            OutOfFocus      look at the lens
            WrongForm       of another size or kind than the bundle was made on
        PreprocessError     the frame does not fit the bundle
        InferenceError      the runtime failed, or its answer is not a number
        Overrun             the frame came while every place in the queue was taken
        Unfinished          the program was killed while the part was on its way
        DeadlineMissed      the result was not there in time
    StoreError              nothing may pass until it is mended: results would be lost
        StoreFull           no room left on the disk
        StoreCorrupt        what is in the store is not what was written
    MachineUnfit            do not use this machine: it does not judge as was proven
    WorkerFailed            a bug: a thread of ours ended by an exception
"""

from collections.abc import Sequence


class InspectorError(Exception):
    """Root of every error this program raises on purpose. Its text is meant for people."""


class ConfigurationError(InspectorError):
    """Something a person wrote or chose is wrong; the text says what, where, and what to do."""


class UsageError(ConfigurationError):
    """The command line asks for something that cannot be done."""


class FolderInUse(UsageError):
    """Another of our programs writes into the folder."""


class StillRunning(UsageError):
    """A thread of the run before never ended, and may still do what it was about to."""


class RecipeError(ConfigurationError):
    """The recipe file is unreadable, has an unknown key, or a value out of its range."""


class SettingsError(ConfigurationError):
    """The station file is unreadable, has an unknown key, or asks for what cannot be had."""


class BundleError(ConfigurationError):
    """The bundle is incomplete, altered, unproven, or asks for more than a model may."""


class BackupError(ConfigurationError):
    """The backup is incomplete, altered, or holds what no backup of ours holds."""


class DataError(ConfigurationError):
    """The pictures or labels given to the workshop cannot be learnt from or measured on."""


class CaptureError(InspectorError):
    """No usable frame could be had from a source."""


class SourceUnavailable(CaptureError):
    """The source does not exist or cannot be opened."""


class GrabTimeout(CaptureError):
    """The source gave no frame within its time limit."""


class CorruptFrame(CaptureError):
    """The frame is damaged, truncated, too large, or of a kind that is not read."""


class FrozenPicture(CorruptFrame):
    """The camera gives the same picture again and again."""


class ChangedPicture(CorruptFrame):
    """The camera's pictures have another size or kind than at the start of the run."""


class FrameLost(CaptureError):
    """The source counts a picture that never arrived: the part in it went by unseen."""


class EndOfSource(CaptureError):
    """The source has given its last frame."""


class InspectionError(InspectorError):
    """This frame could not be judged. It is an ERROR, never a PASS; the next one is tried."""


class PoorPicture(InspectionError):
    """Nothing can be seen on the picture that the model was taught to see."""


class TooDark(PoorPicture):
    """Its mean is below the limit."""


class TooBright(PoorPicture):
    """Its mean, or the share of it at full light, is above the limit."""


class NoContrast(PoorPicture):
    """It has nearly one value everywhere."""


class OutOfFocus(PoorPicture):
    """It has no fine structure."""


class WrongForm(PoorPicture):
    """It has another size, or another number of channels, than the bundle was made on."""


class PreprocessError(InspectionError):
    """The frame cannot be brought into the form the bundle asks for."""


class InferenceError(InspectionError):
    """The runtime failed, or gave a number that is not finite or of the wrong shape."""


class Overrun(InspectionError):
    """The frame arrived while the queue was full."""

    def __init__(self, capacity: int) -> None:
        super().__init__(f"all {capacity} places before the inspection were taken")


class Unfinished(InspectionError):
    """The program ended before the part had its result."""


class DeadlineMissed(InspectionError):
    """A part had no result when its deadline passed.

    Args:
        deadline_ms: From trigger to verdict.
        cameras: Those that gave no view; empty where the last view itself was late.
    """

    def __init__(self, deadline_ms: int, cameras: Sequence[str]) -> None:
        absent = f": nothing from {', '.join(cameras)}" if cameras else ""
        super().__init__(f"not judged within {deadline_ms} ms{absent}")


class StoreError(InspectorError):
    """A result could not be kept. Nothing may be passed until this is mended."""


class StoreFull(StoreError):
    """The disk, or the quota on it, is full."""


class StoreCorrupt(StoreError):
    """The store's file is damaged or is not one of our stores."""


class MachineUnfit(InspectorError):
    """The self-test failed: what is judged here would not be what was proven."""


class WorkerFailed(InspectorError):
    """A worker thread died by an exception nobody expected.

    Attributes:
        worker: Name of the thread.
    """

    def __init__(self, worker: str, cause: BaseException) -> None:
        super().__init__(f"worker {worker!r} died: {type(cause).__name__}: {cause}")
        self.worker = worker
        self.__cause__ = cause
