"""`inspector records`: what a store holds, as a sum, as a table, or proven whole."""

import argparse
from pathlib import Path

from inspector.command_line import Parser, place, print_json, print_line, whole_number
from inspector.commands.summary_lines import print_run_summary
from inspector.errors import UsageError
from inspector.exit_codes import ExitCode

STORE_FILE = "records.db"
MINUTES_OF_A_DAY = 1_440


def add(commands: "argparse._SubParsersAction[Parser]") -> None:
    """Add the command and its actions to the program."""
    parser = commands.add_parser("records", help="look at what a store keeps")
    actions = parser.add_subparsers(metavar="ACTION", required=True, parser_class=Parser)
    for name, handler, text in (
        ("summary", _summary, "count and time everything in a store"),
        ("export", _export, "write every record as one CSV row"),
        ("verify", _verify, "check the file and every record's checksum"),
        ("health", _health, "show how the line itself did, minute by minute"),
    ):
        action = actions.add_parser(name, help=text, description=f"{text.capitalize()}.")
        action.add_argument(
            "store", type=Path, metavar="STORE", help="a records.db, or the folder that holds it"
        )
        action.set_defaults(handler=handler)
        if name == "export":
            action.add_argument("--out", required=True, type=place, metavar="FILE", help="a .csv")
        else:
            action.add_argument("--json", action="store_true", help="print one JSON object")
        if name == "health":
            action.add_argument(
                "--minutes",
                type=whole_number(1, 1_000_000),
                default=60,
                metavar="N",
                help="how many of the last ones (60)",
            )


def _place(parsed: argparse.Namespace) -> Path:
    path: Path = parsed.store
    file = path / STORE_FILE if path.is_dir() else path
    if not file.exists():
        raise UsageError(
            f"{str(file)!r}: there is no such store; name a records.db, or the folder that holds it"
        )
    return file


def _summary(parsed: argparse.Namespace) -> int:
    from inspector.store.reader import RecordReader
    from inspector.store.summary import summarise

    with RecordReader(_place(parsed)) as reader:
        summary = summarise(reader, elapsed_s=0.0, n_judged_now=0, identity=reader.run())
    if parsed.json:
        print_json(summary.as_table())
    else:
        print_run_summary(summary)
    return ExitCode.DONE


def _export(parsed: argparse.Namespace) -> int:
    from inspector.store.reader import RecordReader
    from inspector.store.records_csv import write_line_csv, write_records_csv

    out: Path = parsed.out
    if out.exists() and (out.suffix.lower() != ".csv" or not out.is_file()):
        raise UsageError(f"--out {str(out)!r} is there already and is no .csv; choose another name")
    with RecordReader(_place(parsed)) as reader:
        write = write_line_csv if reader.is_of_a_line() else write_records_csv
        write(reader.records(), out)
    print_line(f"{out}")
    return ExitCode.DONE


def _health(parsed: argparse.Namespace) -> int:
    from dataclasses import asdict

    from inspector.clock import utc_text
    from inspector.store.health import growth_of
    from inspector.store.reader import RecordReader

    with RecordReader(_place(parsed)) as reader:
        rows = reader.health(parsed.minutes)
        growth = growth_of(reader.health(MINUTES_OF_A_DAY))
    if parsed.json:
        told = [
            {**asdict(row), "at": utc_text(row.at), "started_at": utc_text(row.started_at)}
            for row in rows
        ]
        print_json({"minutes": told, "growth": [asdict(one) for one in growth]})
        return ExitCode.DONE
    print_line(
        f"{'at':20} {'memory MB':>10} {'handles':>8} {'threads':>8} {'waiting':>8} "
        f"{'to store':>9} {'p99 ms':>8} {'lost':>6} {'disk GB':>8}"
    )
    for row in rows:
        print_line(
            f"{row.at:%Y-%m-%d %H:%M:%S}  {_shown(row.memory_mb, 1):>10} "
            f"{_shown(row.n_handles, 0):>8} {row.n_threads:>8} {row.n_waiting:>8} "
            f"{row.n_to_store:>9} {_shown(row.p99_ms, 1):>8} {row.n_lost:>6} "
            f"{row.disk_free_mb / 1e3:>8.1f}"
        )
    for one in growth:
        print_line(f"{one.what} grow by {one.per_hour:.1f} an hour in the last run")
    return ExitCode.DONE


def _shown(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:.{digits}f}"


def _verify(parsed: argparse.Namespace) -> int:
    from inspector.store.reader import RecordReader

    with RecordReader(_place(parsed)) as reader:
        reader.check_whole()
        count = sum(1 for _ in reader.records(has_gone=True))
    if parsed.json:
        print_json({"is_whole": True, "n_records": count})
    else:
        print_line(f"whole: {count} records, each as it was written")
    return ExitCode.DONE
