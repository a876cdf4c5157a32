"""Follows a station's file while its line runs: another bundle or recipe judges from the next part.

Whatever is named there proves itself first, as at a start; until then, and where it does not, the
line goes on with what it has. Everything else in the file waits for the next start.
"""

import logging
import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from inspector.assembly import ReadyInspection, shipped_bundle
from inspector.bundle import Bundle, open_bundle
from inspector.errors import BundleError, InspectorError, SettingsError
from inspector.pipeline.judging import Change
from inspector.pipeline.runner import Runner
from inspector.recipe import DEFAULT_RECIPE, Recipe, load_recipe
from inspector.settings import StationSettings, load_station

LOOK_EVERY_S = 0.25
Builder = Callable[[Bundle, Recipe], ReadyInspection]
_log = logging.getLogger(__name__)


class StationFollower:
    """Gives the runner what the station's file names. `in_force` is for any thread.

    Args:
        settings: What the file said when the line was made ready.
        recipe: In the place of the one that the file names; None: that one.
        ready: What judges now. The follower closes it when nothing uses it any more.
        build: Makes a proven inspection of a bundle and a recipe.
    """

    def __init__(
        self,
        settings: StationSettings,
        recipe: Path | None,
        ready: ReadyInspection,
        build: Builder,
        runner: Runner,
    ) -> None:
        self._settings = settings
        self._recipe = recipe
        self._build = build
        self._runner = runner
        self._ready = [ready]
        self._trial: Change | None = None
        self._trouble = ""
        self._named = self._files(settings)
        # Nothing: what was written since the start read it shows at the first look.
        self._seen: tuple[object, object] = ((), ())

    def run(self, stop: threading.Event) -> None:
        """The body of a thread: look again and again, until the stop."""
        while not stop.wait(LOOK_EVERY_S):
            self.look()

    def look(self) -> None:
        """Look once; what changed is proven and handed to the runner."""
        self._end_trial()
        self._close_unused()
        seen = _look_of([self._settings.path]), _look_of(self._named)
        if seen == self._seen:
            return
        self._seen = seen
        try:
            trouble = self._follow()
        except InspectorError as error:
            trouble = error
        self._tell(trouble)

    def in_force(self) -> ReadyInspection:
        """What judges the parts that are triggered now."""
        current = self._runner.judging.current
        ready = tuple(self._ready)
        return next((one for one in ready if one.inspection is current), ready[-1])

    def close(self) -> None:
        """Close everything. Only when the runner has ended."""
        with ExitStack() as closing:  # all of them, also where one fails
            for ready in self._ready:
                closing.callback(ready.close)

    def _follow(self) -> InspectorError | None:
        """Read everything anew; gives what is not in force, though nothing is wrong with it."""
        settings = load_station(self._settings.path)
        self._named = self._files(settings)
        self._seen = self._seen[0], _look_of(self._named)  # before they are read
        recipe_file = self._recipe or settings.recipe
        recipe = DEFAULT_RECIPE if recipe_file is None else load_recipe(recipe_file)
        bundle = open_bundle(settings.bundle or shipped_bundle())
        self._check_depth(bundle)
        now = self.in_force()
        bundle_id = bundle.manifest.bundle_id
        if (bundle_id, recipe) != (now.bundle.manifest.bundle_id, now.recipe):
            ready = self._build(bundle, recipe)
            self._ready.append(ready)
            self._trial = self._runner.judging.change(ready.inspection)
            name = f"{bundle.manifest.name} {bundle_id[:12]}"
            _log.warning("from the next part on: bundle %s, recipe %s", name, recipe.name)
        first = self._settings
        if replace(settings, bundle=first.bundle, recipe=first.recipe) != first:
            return SettingsError(
                f"station {str(settings.path)!r}: what was changed besides bundle and recipe is in "
                "force from its next start on"
            )
        return None

    def _check_depth(self, bundle: Bundle) -> None:
        """The cameras are open, and bring their samples to the depth of the first bundle."""
        in_force = self.in_force().bundle
        first, other = (one.manifest.input.max_sample for one in (in_force, bundle))
        if first != other:
            raise BundleError(
                f"bundle {bundle.manifest.name!r} is made for samples up to {other}, the one in "
                f"force for {first}; it can be used from the station's next start on"
            )

    def _end_trial(self) -> None:
        if self._trial is None or not self._trial.is_over:
            return
        change, self._trial = self._trial, None
        if change.refusal is not None:
            self._tell(
                BundleError(
                    f"bundle {change.inspection.bundle_id[:12]} could not judge its first part, "
                    f"and was taken back: {change.refusal}"
                )
            )

    def _tell(self, trouble: InspectorError | None) -> None:
        text = "" if trouble is None else str(trouble)
        if text not in ("", self._trouble):
            _log.warning("the line goes on with what it has: %s", text)
        self._trouble = text
        self._runner.tell_change(trouble)

    def _close_unused(self) -> None:
        for ready in list(self._ready):
            if not self._runner.judging.is_in_use(ready.inspection):
                ready.close()
                self._ready.remove(ready)

    def _files(self, settings: StationSettings) -> list[Path]:
        named = (self._recipe or settings.recipe, settings.bundle)
        return [path for path in named if path is not None]


Look = tuple[tuple[str, int, int], ...]


def _look_of(paths: list[Path]) -> Look:
    """Name, age and size of the files, and of those in the folders; nothing of what is absent."""
    look = []
    for path in paths:
        try:
            files = sorted(path.iterdir()) if path.is_dir() else [path]
            for file in files:
                status = file.stat()
                look.append((str(file), status.st_mtime_ns, status.st_size))
        except OSError:  # it is being replaced; then there is something to see at the next look
            continue
    return tuple(look)
