"""`inspector deploy`: a model or limits, as from a stick, into a station."""

import argparse

from inspector.command_line import Parser, place, print_json, print_line
from inspector.errors import UsageError
from inspector.exit_codes import ExitCode


def add(commands: "argparse._SubParsersAction[Parser]") -> None:
    """Add the command to the program."""
    parser = commands.add_parser(
        "deploy",
        help="bring a bundle or a recipe into a station",
        description="Check a bundle's every byte, its proof and its canary on this machine, and "
        "that bundle and recipe go together; then copy them beside the station file and name them "
        "in it. A line that runs judges with them from its next part on.",
    )
    parser.add_argument("station", type=place, metavar="STATION", help="a station file")
    parser.add_argument("--bundle", type=place, metavar="BUNDLE", help="a folder or a zip")
    limits = parser.add_mutually_exclusive_group()
    limits.add_argument("--recipe", type=place, metavar="FILE", help="TOML")
    limits.add_argument(
        "--no-recipe", action="store_true", help="the bundle's own limits from now on"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(handler=_deploy)


def _deploy(parsed: argparse.Namespace) -> int:
    from inspector.clock import SystemClock
    from inspector.transfer.deploy import deploy

    if parsed.bundle is None and parsed.recipe is None and not parsed.no_recipe:
        raise UsageError("nothing to deploy: give --bundle, --recipe or --no-recipe")
    done = deploy(
        parsed.station,
        SystemClock(),
        bundle=parsed.bundle,
        recipe=parsed.recipe,
        has_recipe=not parsed.no_recipe,
    )
    manifest, settings = done.bundle.manifest, done.settings
    if parsed.json:
        print_json(
            {
                "station": str(settings.path),
                "bundle": None if settings.bundle is None else str(settings.bundle),
                "bundle_id": manifest.bundle_id,
                "recipe": None if settings.recipe is None else str(settings.recipe),
                "recipe_id": done.recipe.recipe_id,
            }
        )
        return ExitCode.DONE
    print_line(f"station  {settings.path}, in force from the next part on")
    print_line(
        f"bundle   {settings.bundle or 'the one that comes with the product'}: {manifest.name} "
        f"{manifest.version} ({manifest.bundle_id[:12]}), whole, and judges here as it was proven"
    )
    print_line(f"recipe   {settings.recipe or 'none'}")
    return ExitCode.DONE
