"""`inspector-models quantize`: a faster model beside the float one, if it stays as good."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from inspector.command_line import Parser, place, print_json, print_line
from inspector.exit_codes import ExitCode
from models.commands.accept_weak import add_accept_weak
from models.commands.data_argument import add_data
from models.commands.written_bundle import bundle_place

if TYPE_CHECKING:  # importing it for real takes a second, and `--help` needs none of it
    from models.quantize import Quantized


def add(verbs: "argparse._SubParsersAction[Parser]") -> None:
    """Add the verb to the program."""
    verb = verbs.add_parser(
        "quantize",
        help="make a bundle's model faster by quantising it to 8-bit integers, if it stays as good",
        description="Make an INT8 model from the train split of DATA, and keep it only if it is "
        "faster, smaller and as good on pictures that the model was not fitted to. Otherwise say "
        "why, and write the bundle with its float model alone. Exit code 0 in both cases.",
    )
    verb.add_argument("bundle", type=Path, metavar="BUNDLE")
    add_data(verb)
    verb.add_argument("--out", required=True, type=place, metavar="BUNDLE2", help="folder to write")
    add_accept_weak(verb)
    verb.add_argument("--json", action="store_true", help="print one JSON object")
    verb.set_defaults(handler=_quantize)


def _quantize(parsed: argparse.Namespace) -> int:
    from models.quantize import quantize

    out = bundle_place(parsed.out)
    quantized = quantize(parsed.bundle, parsed.data, out, parsed.good_label, parsed.accept_weak)
    if parsed.json:
        print_json(quantized.as_table())
    else:
        _show(quantized, parsed.out)
    return ExitCode.DONE


def _show(quantized: "Quantized", out: Path) -> None:
    proof = quantized.proof
    print_line(f"bundle     {out} ({quantized.manifest.bundle_id[:12]})")
    print_line(
        f"INT8       {proof.calibration}, the first {proof.n_float_convolutions} convolutions "
        f"float, weights of {7 if proof.has_reduced_range else 8} bits"
    )
    print_line(f"speed      {proof.speed_ratio:.2f} times the float model's")
    print_line(f"size       {proof.size_share:.1%} of the float model's")
    print_line(f"{proof.metric:10} {proof.int8_metric:.4f}, float {proof.float_metric:.4f}")
    for model, rejection in quantized.rejections.items():
        for line in rejection.lines(good="the good pictures compared on", has_auroc=False):
            print_line(f"{line}, by the {model} model")
    print_line(
        f"verdicts   {proof.n_flips} of {proof.n_images} differ; INT8 scores are multiplied by "
        f"{proof.scale:.4f}"
    )
    for shortcoming in proof.shortcomings():
        print_line(f"not kept   {shortcoming}")
    print_line(f"kept       {'float only' if proof.shortcomings() else 'float and INT8'}")
