"""Tests for `gapjunction.report.group_sentences`."""

import pytest

from gapjunction.dataset.records import AssetMetadata
from gapjunction.report.group_sentences import comparison_sentences, limits_of_study, p_text
from group_cases import asset, littermates, study, two_groups

CLEAR = two_groups(range(10, 20), range(40, 50))


def test_comparison_sentences__clear_difference__is_shown() -> None:
    first = comparison_sentences(study(CLEAR, "diagnosis"))[0]
    assert first.startswith(
        "Diagnosis, plaques per mm\N{SUPERSCRIPT TWO}: epilepsy has 3.07 times the value of healthy"
    )
    assert first.endswith("A difference is shown.")


def test_comparison_sentences__three_and_three__cannot_show_anything() -> None:
    found = study(two_groups([1, 2, 3], [100, 200, 300]), "diagnosis")
    assert "even the clearest difference would have had p = 0.100" in comparison_sentences(found)[0]


def test_comparison_sentences__interval_without_1_but_large_p__says_which_to_go_by() -> None:
    [apart, *_] = comparison_sentences(study(two_groups([9, 10, 11], [29, 30, 31]), "diagnosis"))
    assert apart.endswith(
        "The interval leaves out 1 all the same: it trusts in the shape of the "
        "distribution, while p counts arrangements of these assets. Go by p for whether there is a "
        "difference, by the interval for how large it may be."
    )
    assert "all the same" not in comparison_sentences(study(CLEAR, "diagnosis"))[0]


def test_comparison_sentences__not_planned__is_exploratory() -> None:
    both = [
        AssetMetadata(diagnosis="a", sex="Male"),
        AssetMetadata(diagnosis="b", sex="Female"),
    ]
    assets = [asset(10 + n + 40 * (n % 2), metadata=both[n % 2]) for n in range(12)]
    found = study(assets, primary="sex")
    sentences = comparison_sentences(found)
    assert "A difference is shown." in sentences[0]
    assert sentences[2].endswith("Exploratory: no difference is shown by it, whatever its p.")
    assert "Planned was sex. All else is exploratory" in " ".join(
        limits_of_study(found, is_predicted=False)
    )
    assert "--primary diagnosis (or sex) names it" in " ".join(
        limits_of_study(study(assets), is_predicted=False)
    )


def test_comparison_sentences__no_difference__is_not_called_equality() -> None:
    found = study(two_groups(range(10, 20), range(10, 20)), "diagnosis")
    assert "not to say that there is none" in comparison_sentences(found)[0]


def test_comparison_sentences__between_datasets__says_what_else_differs() -> None:
    found = study(two_groups([1, 2], []) + two_groups([], [3, 4], dataset="mice"), "diagnosis")
    assert "No dataset has both" in comparison_sentences(found)[0]


def test_comparison_sentences__no_plaques_in_a_group__has_no_ratio() -> None:
    found = study(two_groups([0, 0], [3, 4]), "diagnosis")
    assert "a ratio of epilepsy to healthy needs plaques in both" in comparison_sentences(found)[0]


def test_comparison_sentences__age__has_the_direction() -> None:
    ages = [AssetMetadata(age_months=n) for n in range(1, 9)]
    counts = [80, 70, 60, 50, 40, 30, 10, 20]
    found = study([asset(n, metadata=age) for n, age in zip(counts, ages, strict=True)])
    [sentence] = comparison_sentences(found)
    assert "rank correlation -0.98 (95 % interval -1.00 to" in sentence
    assert sentence.endswith("A trend is shown.")


def test_limits_of_study__few_assets__warns_of_them() -> None:
    limits = limits_of_study(study(two_groups([1, 2, 3], [4, 5, 6])), is_predicted=False)
    assert any("smallest group compared has 3 assets" in each for each in limits)
    assert not any("detector" in each for each in limits)


def test_limits_of_study__many_assets__does_not() -> None:
    limits = limits_of_study(study(CLEAR), is_predicted=True)
    assert not any("smallest group" in each for each in limits)
    assert any("The counts are a detector's" in each for each in limits)


def test_limits_of_study__two_datasets__tells_how_far_they_differ() -> None:
    mice = two_groups([10, 20, 30], [30, 40, 50], dataset="mice")
    limits = " ".join(
        limits_of_study(study([*two_groups([2, 4, 6], [2, 4, 6]), *mice]), is_predicted=False)
    )
    assert "goes from 1.00 to 2.00 (Cochran's Q" in limits
    assert "Two datasets can hardly show it" in limits


def test_comparison_sentences__blocks__are_counted_and_explained() -> None:
    found = study(littermates((1, 2), (3, 5)), "diagnosis", block="litter")
    assert "2 and 2 assets in 2 blocks" in comparison_sentences(found)[0]
    limits = limits_of_study(found, is_predicted=False)
    assert any(each.startswith("Groups are compared within blocks (litter)") for each in limits)


def test_limits_of_study__factors_that_go_together__are_named() -> None:
    kinds = [
        AssetMetadata(diagnosis="healthy", sex="Male"),
        AssetMetadata(diagnosis="epilepsy", sex="Female"),
    ]
    assets = [asset(n, metadata=kinds[n % 2]) for n in range(6)]
    limits = limits_of_study(study(assets), is_predicted=False)
    assert any(each.startswith("Diagnosis and sex go together") for each in limits)


@pytest.mark.parametrize(("p", "text"), [(0.0251, "p = 0.025"), (0.0002, "p < 0.001")])
def test_p_text__is_short(p: float, text: str) -> None:
    assert p_text(p) == text
