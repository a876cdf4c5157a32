"""The page of a validation shows every model, every difference and the worst pictures."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from models.comparing.model_results import Change
from models.comparing.validation import Validation
from models.reports.validation_report import write_validation


@pytest.fixture(scope="module")
def page(validation: Validation, tmp_path_factory: pytest.TempPathFactory) -> str:
    return write_validation(validation, tmp_path_factory.mktemp("report")).read_text()


class Tags(HTMLParser):
    """Counts what is on a page, and finds what would be loaded from elsewhere."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.counts: dict[str, int] = {}
        self.loaded: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.counts[tag] = self.counts.get(tag, 0) + 1
        self.loaded += [
            value
            for name, value in attrs
            if name in ("src", "href") and value and not value.startswith("data:")
        ]


def test_page_opens_offline_with_plots_and_pictures(page: str) -> None:
    tags = Tags(page)
    assert tags.loaded == []
    # ROC, two histograms, painted defects, confusion matrix; the badges' icons are small ones.
    assert page.count('<svg class="chart"') == 5
    assert tags.counts["img"] >= 2 * 4


def test_page_tells_the_sides_the_variants_and_the_operators(page: str) -> None:
    words = re.sub(r"<[^>]+>", " ", page)
    assert "The proof holds" in words
    for name in ("tensorflow", "float", "int8"):
        assert f" {name} " in words
    assert "int8, 4 threads, batch 8, not optimised" in words
    assert "Largest differences between int8 and TensorFlow" in words
    assert re.search(r"total +174 +150 ", words)


def test_figures_stand_in_the_json_as_on_stdout(validation: Validation, tmp_path: Path) -> None:
    write_validation(validation, tmp_path)
    figures = json.loads((tmp_path / "validation.json").read_text())
    assert figures == json.loads(json.dumps(validation.as_table()))


def test_pictures_judged_otherwise_are_named_and_made_harmless(
    validation: Validation, tmp_path: Path
) -> None:
    change = Change(
        picture="<i>x</i>.png",
        label="dent",
        was="FAIL defect",
        became="PASS good",
        score_was=1.25,
        score_became=0.75,
    )
    variant = validation.variants[0]
    comparison = replace(variant.comparison, changes=(change,), n_flips=1)
    changed = replace(validation, variants=(replace(variant, comparison=comparison),))
    page = write_validation(changed, tmp_path).read_text()
    assert "Not proven" in page
    assert "1 verdicts differ from those of one thread" in page
    assert "&lt;i&gt;x&lt;/i&gt;.png" in page
    assert "<i>x</i>" not in page


def test_escapes_are_shown_with_their_heat_map(validation: Validation, tmp_path: Path) -> None:
    threshold = validation.inputs.bundle.manifest.threshold
    float_side = validation.judged[0]
    is_defect = np.array([not s.is_good for s in validation.inputs.pictures.samples])
    blind = replace(
        float_side,
        verdicts=tuple(
            replace(verdict, decision=verdict.decision.PASS, reasons=()) if wrong else verdict
            for verdict, wrong in zip(float_side.verdicts, is_defect, strict=True)
        ),
    )
    page = write_validation(replace(validation, judged=(blind,)), tmp_path).read_text()
    n_defects = int(is_defect.sum())
    assert f"Defects judged wrongly, the clearest miss first: {n_defects} in all" in page
    assert f"threshold {threshold.value:.9g}; tensorflow" in page
