"""Plots are whole SVG, with a line for each side and a cell for each count."""

from xml.etree.ElementTree import fromstring

from models.measures.painted_escape import escape_cells
from models.reports.plots import confusion_matrix, escape_grid, roc
from tests.models.measures.test_painted_escape import PAINTED


def test_roc_goes_through_every_step_of_the_threshold() -> None:
    drawn = fromstring(roc({"scores": [0.1, 0.6, 0.4, 0.9]}, [False, False, True, True]))
    (curve,) = drawn.findall("polyline")
    # (0, 0), then defect 0.9, good 0.6, defect 0.4, good 0.1: on 300 units from (52, 312).
    assert curve.get("points") == "52.0,312.0 52.0,162.0 202.0,162.0 202.0,12.0 352.0,12.0"


def test_each_side_has_its_line_and_its_name() -> None:
    scores = [0.1, 0.9]
    curves = {"tensorflow": scores, "float": scores, "int8": scores}
    drawn = fromstring(roc(curves, [False, True]))
    names = [text.text for text in drawn.iter("text")]
    assert [name for name in names if name in curves] == ["tensorflow", "float", "int8"]
    assert len(drawn.findall("polyline")) == 6  # each also beside its name


def test_roc_of_one_kind_of_picture_says_what_it_needs() -> None:
    assert "Needs good parts and defects" in roc({"scores": [0.1, 0.2]}, [True, True])


def test_confusion_matrix_has_every_count_and_escapes_names() -> None:
    drawn = fromstring(
        confusion_matrix({"good": {"PASS": 1200, "FAIL": 0}, "<dent>": {"PASS": 1, "FAIL": 9}})
    )
    words = [text.text for text in drawn.iter("text")]
    assert words == ["PASS", "FAIL", "good", "1,200", "0", "<dent>", "1", "9"]
    shades = [group.get("opacity") for group in drawn.findall("g")]
    assert shades == ["0.580", "0.080", "0.130", "0.530"]


def test_escape_grid_names_sizes_and_contrasts_and_darkens_with_what_passes() -> None:
    drawn = fromstring(escape_grid(escape_cells(PAINTED, 0.5)))
    words = [text.text for text in drawn.iter("text")]
    assert words[:3] == ["under 16 levels", "16 to 48 levels", "from 48 levels"]
    assert words[3:7] == ["under 0.3 %", "1 of 1", "0 of 1", "none"]
    shades = [group.get("opacity") for group in drawn.findall("g")]
    assert shades == ["0.580", *["0.080"] * 6, "0.580", "0.080"][:9]
