"""What a report is asked: by which factors to compare, and which comparison was planned."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gapjunction.benchmark.asset_measures import AssetMeasures
from gapjunction.benchmark.groups import FACTORS, further_factors, group_of
from gapjunction.errors import BenchmarkError


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of the assets.

    Attributes:
        by: the factors to compare by; without any, all of the format's.
        primary: the factor that was planned; all others are then exploratory. None: none was
            named, and all count alike.
        block: the column of blocks within which groups are compared, such as the litter.
        covariates: what ratios are adjusted for beside, such as age and sex.
    """

    by: tuple[str, ...] = ()
    primary: str | None = None
    block: str | None = None
    covariates: tuple[str, ...] = ()

    @property
    def factors(self) -> tuple[str, ...]:
        """The factors to compare by, the planned one first."""
        first = () if self.primary is None else (self.primary,)
        return tuple(dict.fromkeys([*first, *(self.by or FACTORS)]))


def require_answerable(question: Question, assets: Sequence[AssetMeasures], root: Path) -> None:
    """Refuse a question for something that no asset of the datasets in `root` tells.

    Raises:
        BenchmarkError: naming what the assets tell, or a covariate that is all that is compared by.
    """
    if len(question.factors) == 1 and question.covariates == question.factors:
        raise BenchmarkError(
            root,
            item=f"covariate {question.covariates[0]}",
            expected="something else than what is compared by",
            found=f"groups of {question.covariates[0]} alone",
            fix="leave it out, or compare by something else",
            settings=("covariate",),
        )
    asked = [("by", factor) for factor in question.by]
    asked += [("covariate", name) for name in question.covariates]
    others = (("primary", question.primary), ("block", question.block))
    asked += [(setting, column) for setting, column in others if column is not None]
    for setting, column in asked:
        if not any(group_of(asset, column) for asset in assets):
            told = [each for each in FACTORS if any(group_of(asset, each) for asset in assets)]
            told += further_factors(assets)
            raise BenchmarkError(
                root,
                item=f"{setting} {column}",
                expected=f"assets whose metadata tell {column}",
                found=f"none of {len(assets)}, which tell {', '.join(told) or 'nothing'}",
                fix="add it to asset_metadata.json, or name another",
                settings=(setting,),
            )
