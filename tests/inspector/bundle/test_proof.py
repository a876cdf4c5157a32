"""A proof stands on its figures, never on its own word."""

import json
import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.bundle import OutputAgreement, Proof
from inspector.bundle.proof import parse_proof
from inspector.errors import BundleError
from inspector.files.tables import canonical_json
from tests.support.bundles import passing_proof

STEADY = settings(derandomize=True, deadline=None)
PASSING = passing_proof(b"model")
SCORE = PASSING.outputs["score"]
SIZES = st.floats(0, allow_infinity=False)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=9)
COUNTS = st.integers(0, 2**53)
AGREEMENTS = st.builds(
    OutputAgreement,
    dtype=TEXTS,
    shape=st.lists(COUNTS, max_size=4).map(tuple),
    max_abs=SIZES,
    p99_abs=SIZES,
    range=SIZES,
)
PROOFS = st.builds(
    Proof,
    model_sha256=TEXTS,
    n_images=COUNTS,
    images_sha256=TEXTS,
    outputs=st.dictionaries(st.sampled_from(["score", "heatmap"]), AGREEMENTS),
    n_flips=COUNTS,
    max_relative_limit=st.floats(0, 0.01),
    threshold=st.none() | st.floats(-1e6, 1e6),
    n_painted=COUNTS,
)


SAME_EVERYWHERE = (
    "score is the same everywhere: such a comparison shows nothing; compare on pictures of "
    "different parts"
)


def score_of(**changes: float) -> dict[str, OutputAgreement]:
    return {"score": replace(SCORE, **changes)}  # type: ignore[arg-type]


def changed(**changes: object) -> bytes:
    return canonical_json(json.loads(PASSING.to_json()) | changes)


def refusal(data: bytes) -> str:
    with pytest.raises(BundleError) as caught:
        parse_proof(data, "report.json")
    return str(caught.value)


@STEADY
@given(PROOFS)
def test_proof_is_read_back_as_it_was_written(proof: Proof) -> None:
    assert parse_proof(proof.to_json(), "report.json") == proof
    assert json.loads(proof.to_json())["passed"] == (proof.shortcoming() is None)


def test_proof_within_its_limits_stands() -> None:
    assert PASSING.shortcoming() is None


@pytest.mark.parametrize(
    ("proof", "shortcoming"),
    [
        (replace(PASSING, n_images=0), "no picture was compared"),
        (replace(PASSING, n_images=-1), "no picture was compared"),
        (replace(PASSING, outputs={}), "the score was not compared"),
        (replace(PASSING, outputs={"heatmap": SCORE}), "the score was not compared"),
        (replace(PASSING, n_flips=1), "1 of 20 decisions differ"),
        (
            replace(PASSING, outputs={"score": SCORE, "heatmap": replace(SCORE, max_abs=0.001)}),
            "heatmap: values differ by 0.002 of their range; the limit is 0.001",
        ),
        (
            replace(PASSING, outputs=score_of(max_abs=0.001)),
            "score: values differ by 0.002 of their range; the limit is 0.001",
        ),
        (
            replace(PASSING, outputs=score_of(max_abs=0.0, range=0.0)),
            SAME_EVERYWHERE,
        ),
        (
            replace(PASSING, outputs=score_of(max_abs=math.nan)),
            "score: values differ by nan of their range; the limit is 0.001",
        ),
        (
            replace(PASSING, outputs=score_of(range=math.nan)),
            SAME_EVERYWHERE,
        ),
        (
            replace(PASSING, max_relative_limit=math.nan),
            "score: values differ by 2e-06 of their range; the limit is nan",
        ),
    ],
)
def test_comparison_that_proves_too_little_says_why(proof: Proof, shortcoming: str) -> None:
    assert proof.shortcoming() == shortcoming


def test_difference_at_the_limit_stands_and_the_next_number_above_does_not() -> None:
    at_limit = replace(
        PASSING, outputs=score_of(max_abs=0.25, range=32.0), max_relative_limit=2**-7
    )
    above = replace(at_limit, outputs=score_of(max_abs=math.nextafter(0.25, 1), range=32.0))
    assert (at_limit.shortcoming() is None, above.shortcoming() is None) == (True, False)


@pytest.mark.parametrize("threshold", [1.0, -1.0])
def test_of_parts_that_hardly_differ_the_threshold_is_the_measure(threshold: float) -> None:
    plain = replace(
        PASSING, outputs=score_of(max_abs=2**-20, range=2**-13), max_relative_limit=1e-4
    )
    assert (
        plain.shortcoming() == "score: values differ by 0.00781 of their range; the limit is 0.0001"
    )
    assert replace(plain, threshold=threshold).shortcoming() is None
    assert replace(plain, threshold=threshold).relative("score") == 2**-20
    assert replace(plain, threshold=1e-5).relative("score") == 2**-7
    probabilities = {**plain.outputs, "probabilities": plain.outputs["score"]}
    failing = replace(plain, threshold=threshold, outputs=probabilities)
    assert failing.shortcoming() == (
        "probabilities: values differ by 0.00781 of their range; the limit is 0.0001"
    )


def test_same_score_everywhere_proves_nothing_whatever_the_threshold() -> None:
    constant = replace(PASSING, outputs=score_of(max_abs=0.0, range=0.0), threshold=1.0)
    assert (constant.shortcoming() or "").startswith("score is the same everywhere")


def test_word_passed_does_not_count() -> None:
    failing = replace(PASSING, n_flips=3)
    lying = failing.to_json().replace(b'"passed": false', b'"passed": true')
    assert lying != failing.to_json()
    assert parse_proof(lying, "report.json").shortcoming() == "3 of 20 decisions differ"


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"schema_version": 2}, "schema_version 2 outside 1..1"),
        ({"passed": 1}, "passed is 1; it must be true or false"),
        ({"n_images": True}, "n_images is True; it must be a whole number"),
        ({"n_images": -1}, "n_images -1 outside 0..9.0072e+15"),
        ({"n_images": 20.0}, "n_images is 20.0; it must be a whole number"),
        ({"n_flips": -1}, "n_flips -1 outside 0..9.0072e+15"),
        ({"max_relative_limit": 0.02}, "max_relative_limit 0.02 outside 0..0.01"),
        ({"max_relative_limit": -0.1}, "max_relative_limit -0.1 outside 0..0.01"),
        ({"outputs": []}, "outputs is []; it must be a dict"),
        ({"outputs": {"score": 1}}, "outputs: score is 1; it must be a dict"),
        ({"outputs": {"score": {}}}, "outputs: score: the key 'dtype' is missing"),
        ({"n_flip": 0}, "unknown key 'n_flip'; did you mean 'n_flips'?"),
    ],
)
def test_report_with_a_value_out_of_its_range_is_refused(
    changes: dict[str, object], fault: str
) -> None:
    assert refusal(changed(**changes)) == f"report.json: {fault}"


@pytest.mark.parametrize(
    ("key", "value", "fault"),
    [
        ("max_abs", -0.5, "max_abs -0.5 outside 0..inf"),
        ("max_abs", 10**400, "max_abs is 1000000"),
        ("range", None, "range is None; it must be a number"),
        ("shape", [1, -1], "shape must be a list of whole numbers 0..9007199254740992"),
        ("p98_abs", 1, "unknown key 'p98_abs'; did you mean 'p99_abs'?"),
    ],
)
def test_agreement_with_a_value_out_of_its_range_is_refused(
    key: str, value: object, fault: str
) -> None:
    table = json.loads(PASSING.to_json())
    table["outputs"]["score"][key] = value
    assert refusal(canonical_json(table)).startswith(f"report.json: outputs: score: {fault}")


@pytest.mark.parametrize("key", json.loads(PASSING.to_json()))
def test_report_without_one_of_its_keys_is_refused(key: str) -> None:
    table = json.loads(PASSING.to_json())
    del table[key]
    assert refusal(canonical_json(table)).startswith(f"report.json: the key {key!r} is missing")


@pytest.mark.parametrize("data", [b"", b"[]", b"null", b"\xff", b'{"n_flips": NaN}'])
def test_report_that_is_no_table_is_refused(data: bytes) -> None:
    assert refusal(data).startswith("report.json: ")
