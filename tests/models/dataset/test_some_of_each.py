"""Some pictures of many: every kind among them, whatever order the list is in."""

from hypothesis import given
from hypothesis import strategies as st

from models.dataset.some_of_each import some_of_each


def test_list_by_turns_keeps_its_shares() -> None:
    labels = ["good", "dent"] * 400
    drawn = [labels[place] for place in some_of_each(labels, 400)]
    assert (drawn.count("good"), drawn.count("dent")) == (200, 200)


def test_rare_kind_is_drawn_once_at_least() -> None:
    labels = ["good"] * 999 + ["dent"]
    assert 999 in some_of_each(labels, 10)


def test_few_pictures_all_come() -> None:
    assert some_of_each(["good", "dent", "good"], 3) == [0, 1, 2]


@given(
    st.lists(st.sampled_from(["good", "dent", "scratch"]), max_size=60),
    st.integers(1, 60),
    st.integers(0, 9),
)
def test_places_are_ascending_different_and_hardly_more_than_asked_for(
    labels: list[str], at_most: int, seed: int
) -> None:
    places = some_of_each(labels, at_most, seed)
    assert places == sorted(set(places)) == some_of_each(labels, at_most, seed)
    assert len(places) <= max(at_most, 0) + 2
    assert {labels[place] for place in places} == set(labels)
