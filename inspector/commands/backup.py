"""`inspector backup` and `inspector restore`: a station in one file, and back."""

import argparse

from inspector.command_line import Parser, place, print_json, print_line
from inspector.exit_codes import ExitCode


def add(commands: "argparse._SubParsersAction[Parser]") -> None:
    """Add both commands to the program."""
    backup = commands.add_parser(
        "backup",
        help="write all that a station is made of into one file",
        description="Write a station's settings, recipes, bundle and records into one file, each "
        "with its hash. The line may run meanwhile. The file holds the passwords that the station "
        "file holds.",
    )
    backup.add_argument("station", type=place, metavar="STATION", help="a station file")
    backup.add_argument(
        "out", type=place, metavar="OUT", help="the file to make, or a folder such as a stick"
    )
    backup.add_argument(
        "--images", action="store_true", help="also the pictures of parts that were kept"
    )
    backup.set_defaults(handler=_backup)
    restore = commands.add_parser(
        "restore",
        help="make a station of its backup",
        description="Check every byte of a backup, its model on this machine and every record; "
        "then put the station in its place. Nothing that is there is overwritten.",
    )
    restore.add_argument(
        "backup", type=place, metavar="BACKUP", help="what `inspector backup` made"
    )
    restore.add_argument(
        "station",
        type=place,
        metavar="STATION",
        help="the station file to make, a .toml, or a folder for it",
    )
    restore.add_argument(
        "--store", type=place, metavar="DIR", help="where the records go, if not beside the station"
    )
    restore.add_argument(
        "--replace",
        action="store_true",
        help="there is a station already: its file is kept under another name, its records too",
    )
    restore.set_defaults(handler=_restore)
    for parser in (backup, restore):
        parser.add_argument("--json", action="store_true", help="print one JSON object")


def _backup(parsed: argparse.Namespace) -> int:
    from inspector.clock import SystemClock
    from inspector.settings import load_station
    from inspector.transfer.backup import back_up

    made = back_up(
        load_station(parsed.station), parsed.out, SystemClock(), has_images=parsed.images
    )
    manifest = made.manifest
    n_bytes = made.path.stat().st_size
    if parsed.json:
        print_json(
            {
                "path": str(made.path),
                "n_bytes": n_bytes,
                "backup_id": manifest.backup_id,
                "station": manifest.station,
                "bundle_id": manifest.bundle_id,
                "n_records": manifest.n_records,
                "n_files": len(manifest.files),
                "left_out": list(made.left_out),
            }
        )
        return ExitCode.DONE
    print_line(f"backup   {made.path}, {n_bytes / 1e6:,.1f} MB, written and read back")
    print_line(f"station  {manifest.station}")
    own = "" if manifest.bundle else ", which comes with the product and is not in it"
    print_line(f"bundle   {manifest.bundle_id[:12]}{own}")
    print_line(f"recipe   {manifest.recipe or 'none'}")
    print_line(f"records  {manifest.n_records:,}, each as it was written")
    for what in made.left_out:
        print_line(f"without  {what}")
    return ExitCode.DONE


def _restore(parsed: argparse.Namespace) -> int:
    from inspector.clock import SystemClock
    from inspector.transfer.restore import restore

    done = restore(
        parsed.backup,
        parsed.station,
        SystemClock(),
        store=parsed.store,
        is_replacing=parsed.replace,
    )
    settings, manifest = done.settings, done.manifest
    old = None if done.old_station is None else str(done.old_station)
    if parsed.json:
        print_json(
            {
                "station": str(settings.path),
                "store": str(settings.store),
                "bundle": None if settings.bundle is None else str(settings.bundle),
                "recipe": None if settings.recipe is None else str(settings.recipe),
                "backup_id": manifest.backup_id,
                "bundle_id": done.bundle_id,
                "n_records": manifest.n_records,
                "old_station": old,
            }
        )
        return ExitCode.DONE
    print_line(f"station  {settings.path}")
    print_line(f"bundle   {settings.bundle or 'the one that comes with the product'}")
    if done.bundle_id != manifest.bundle_id:
        print_line(
            f"         it is {done.bundle_id[:12]} here, and was {manifest.bundle_id[:12]} there: "
            "another model, with another threshold"
        )
    print_line(f"recipe   {settings.recipe or 'none'}")
    print_line(f"records  {manifest.n_records:,} in {settings.store}")
    if old is not None:
        print_line(f"before   {old}")
    return ExitCode.DONE
