"""What the comparisons of groups say in words, and what they cannot say."""

from itertools import combinations

from gapjunction.benchmark.group_study import GroupStudy
from gapjunction.benchmark.groups import AGE, AgeTrend, Comparison, group_of
from gapjunction.metrics.group_effects import Estimate
from gapjunction.report.detection_tables import CERTAIN_P
from gapjunction.report.group_tables import MEASURE_TITLES, factor_name, factor_title
from gapjunction.report.tables import NO_VALUE

SMALLEST_SHOWN_P = 0.001
FEW_ASSETS = 10  # of a group; with less, only large differences can be told from chance


def comparison_sentences(study: GroupStudy) -> list[str]:
    """Return what every comparison and every trend says."""
    num_tests = _num_planned(study)
    sentences = [_comparison(each, num_tests) for each in study.comparisons]
    return sentences + [_trend(each, num_tests) for each in study.trends]


def limits_of_study(study: GroupStudy, *, is_predicted: bool) -> list[str]:
    """Return what the numbers cannot say, with this many assets and these groups."""
    num_assets = len(study.assets)
    limits = [
        f"The unit is the asset: {num_assets} {'asset' if num_assets == 1 else 'assets'}, however "
        "many images and plaques each has. More images of the same assets make each asset's "
        "value surer but say nothing about other subjects."
    ]
    smallest = [min(each.effect.num_first, each.effect.num_second) for each in study.comparisons]
    if smallest and min(smallest) < FEW_ASSETS:
        limits.append(
            f"The smallest group compared has {min(smallest)} assets. With so few, only large "
            "differences can be told from chance, and a missing one is no sign of equality: the "
            "interval says how large it may be. One unusual subject can make or hide an effect."
        )
    limits += [*_number_of_comparisons(study), *planned_question(study)]
    if study.block is not None:
        limits.append(
            f"Groups are compared within blocks ({study.block}), each of which counts once: what "
            "differs between blocks plays no part. Assets whose block has one group only, or that "
            "tell none, take no part."
        )
    limits += _inseparable(study)
    limits += [each for each in map(_differences_of_datasets, study.comparisons[:1]) if each]
    limits.append(
        "Groups were found, not made by chance: whatever else differs between them (age, "
        "localization, staining, the day at the microscope) can be behind a difference."
    )
    if is_predicted:
        limits.append(
            "The counts are a detector's. If it misses more in one group than in another, as in "
            "dimmer stainings, that looks like an effect: compare 'found / annotated' of the "
            "groups, where some of their images are annotated, and correct by it (--rectify)."
        )
    return limits + list(study.not_compared)


def planned_question(study: GroupStudy) -> list[str]:
    """Return the question for the planned factor, where there are several and none was named."""
    if study.primary is not None or len(study.factors) < 2:  # noqa: PLR2004 - one is planned
        return []
    return [
        "Which factor did you plan to compare by, before looking? --primary "
        f"{study.factors[0]} (or {', '.join(study.factors[1:])}) names it: the others are "
        "exploratory then, and cost it nothing."
    ]


def _num_planned(study: GroupStudy) -> int:
    p_values = [each.p_holm for each in study.comparisons] + [each.p_holm for each in study.trends]
    return sum(p_value is not None for p_value in p_values)


def _number_of_comparisons(study: GroupStudy) -> list[str]:
    """Return what the number of comparisons means."""
    num_tests = _num_planned(study)
    sentences = []
    if num_tests > 1:
        sentences.append(f"{num_tests} comparisons are {num_tests} chances to be wrong.")
    if len(study.comparisons) + len(study.trends) > num_tests:
        sentences.append(
            f"Planned was {factor_name(study.primary or '')}. All else is exploratory: its p is "
            "not corrected, and what it hints at needs a study of its own."
        )
    return [" ".join(sentences)] if sentences else []


def p_text(p_value: float) -> str:
    """Return p as text, such as "p = 0.025" or "p < 0.001"."""
    return "p < 0.001" if p_value < SMALLEST_SHOWN_P else f"p = {p_value:.3f}"


def interval_in_words(estimate: Estimate, form: str) -> str:
    """Return the 95 % interval as text, "no interval" where there is none."""
    if estimate.interval is None:
        return "no interval"
    return f"95 % interval {estimate.interval.low:{form}} to {estimate.interval.high:{form}}"


def with_interval(estimate: Estimate | None) -> str:
    """Return an estimate with its interval as text for a table, such as "0.85 (0.70 to 1.03)"."""
    if estimate is None:
        return NO_VALUE
    if estimate.interval is None:
        return f"{estimate.value:.2f} (no interval)"
    return f"{estimate.value:.2f} ({estimate.interval.low:.2f} to {estimate.interval.high:.2f})"


def _comparison(each: Comparison, num_tests: int) -> str:
    effect = each.effect
    title = f"{factor_title(each.factor)}, {MEASURE_TITLES[each.measure]}"
    within = f" in {each.num_blocks} blocks" if each.num_blocks else ""
    counted = f"{effect.num_second} and {effect.num_first} assets{within}"
    if effect.ratio is None:
        size = f"a ratio of {each.second} to {each.first} needs plaques in both ({counted}"
    else:
        size = (
            f"{each.second} has {effect.ratio.value:.2f} times the value of {each.first} "
            f"({interval_in_words(effect.ratio, '.2f')}; {counted}"
        )
    between = (
        " No dataset has both, so microscope, staining and all else that differs between "
        "datasets may be behind it."
        if each.is_between_datasets
        else ""
    )
    verdict = _verdict(each, num_tests, "difference") + _disagreement(each)
    return f"{title}: {size}; {_p_texts(each, num_tests)}). {verdict}{between}"


def _trend(each: AgeTrend, num_tests: int) -> str:
    rho = each.correlation
    return (
        f"Age, {MEASURE_TITLES[each.measure]}: rank correlation {rho.value:+.2f} "
        f"({interval_in_words(rho, '+.2f')}; {each.num_assets} assets; "
        f"{_p_texts(each, num_tests)}). "
        f"{_verdict(each, num_tests, 'trend')}"
    )


def _p_texts(each: Comparison | AgeTrend, num_tests: int) -> str:
    own = p_text(each.test.p_value)
    if each.p_holm is None or num_tests == 1:
        return own
    return f"{own}, after Holm's correction {p_text(each.p_holm).removeprefix('p = ')}"


def _verdict(each: Comparison | AgeTrend, num_tests: int, noun: str) -> str:
    """Return whether a difference or trend is shown, or could have been."""
    smallest = each.test.smallest_p
    if each.p_holm is None:
        return f"Exploratory: no {noun} is shown by it, whatever its p."
    if each.p_holm <= CERTAIN_P:
        return f"A {noun} is shown."
    if smallest > CERTAIN_P:
        return (
            f"Nothing can be shown: with so few assets even the clearest {noun} would have had "
            f"{p_text(smallest)}."
        )
    if each.test.p_value <= CERTAIN_P:
        return (
            f"Asked for alone this would count as a {noun}; as one of {num_tests} comparisons it "
            "may be chance."
        )
    if smallest * num_tests > CERTAIN_P:
        return (
            f"No {noun} is shown; among {num_tests} comparisons of so few assets hardly any "
            "could be."
        )
    return f"No {noun} is shown, which is not to say that there is none."


def _disagreement(each: Comparison) -> str:
    """Return a sentence where the interval of the ratio and p say different things."""
    ratio = each.effect.ratio
    if each.p_holm is None or ratio is None or ratio.interval is None:
        return ""
    leaves_out_1 = not ratio.interval.low <= 1 <= ratio.interval.high
    if leaves_out_1 == (each.test.p_value <= CERTAIN_P):
        return ""
    does = "leaves out" if leaves_out_1 else "holds"
    return (
        f" The interval {does} 1 all the same: it trusts in the shape of the distribution, while p "
        "counts arrangements of these assets. Go by p for whether there is a difference, by the "
        "interval for how large it may be."
    )


def _differences_of_datasets(each: Comparison) -> str:
    """Return how far the datasets' ratios differ, where there are several."""
    found = each.heterogeneity
    if found is None:
        return ""
    ratios = [effect.ratio.value for effect in each.by_dataset if effect.ratio is not None]
    caution = (
        " Two datasets can hardly show it, so that a large p says little."
        if found.num_strata == 2  # noqa: PLR2004 - fewer than two have nothing to differ
        else ""
    )
    return (
        f"Between datasets the ratio of {MEASURE_TITLES[each.measure]} goes from "
        f"{min(ratios):.2f} to {max(ratios):.2f} (Cochran's Q {found.q:.1f}, "
        f"{p_text(found.p_value)}; I\N{SUPERSCRIPT TWO} {100 * found.i_squared:.0f} %).{caution} "
        "The ratio of all and its interval are for these datasets: another species or microscope "
        "may have another."
    )


def _inseparable(study: GroupStudy) -> list[str]:
    """Return a sentence for each two factors that sort the assets in the same way."""
    factors = [each for each in study.factors if each != AGE]
    sentences = []
    for one, other in combinations(factors, 2):
        pairs = {(group_of(each, one), group_of(each, other)) for each in study.assets}
        known = {pair for pair in pairs if "" not in pair}
        firsts, seconds = {first for first, _ in known}, {second for _, second in known}
        if len(known) == len(firsts) == len(seconds) > 1:
            sentences.append(
                f"{factor_title(one)} and {factor_name(other)} go together in every "
                "asset: which of the two makes a difference, these data cannot tell."
            )
    return sentences
