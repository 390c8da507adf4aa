"""The part of a report that tells how every number was made, so that another can make it again."""

from dataclasses import dataclass

from gapjunction.benchmark.measured_images import MeasuredImages
from gapjunction.metrics.permutation import MAX_EXACT
from gapjunction.report.html_page import Part, Points, Section, Table


@dataclass(frozen=True, slots=True)
class Settings:
    """What the numbers depend on beside the images; the class is None where all are counted.

    Attributes:
        primary, block, animal, covariates, measured: the options of the report, None or empty
            where they were not given.
    """

    data: str
    package_version: str
    git_commit: str
    class_name: str | None
    num_permutations: int
    seed: int
    primary: str | None = None
    block: str | None = None
    animal: str | None = None
    covariates: tuple[str, ...] = ()
    measured: str | None = None


def method_section(measured: MeasuredImages, settings: Settings) -> Section:
    """Return the settings, and how each number is computed."""
    parts: list[Part] = [_settings_table(measured, settings), Points(_methods(settings))]
    return Section("How every number was made", parts)


def _settings_table(measured: MeasuredImages, settings: Settings) -> Table:
    scales = sorted({(each.dataset, each.um_per_px) for each in measured.images}, key=str)
    rows = [
        ["data", settings.data],
        ["classes counted", settings.class_name or ", ".join(measured.class_names)],
        *(
            [f"pixel of {dataset}", "unknown" if scale is None else f"{scale:g} um"]
            for dataset, scale in scales
        ),
        ["images counted", str(len(measured.images))],
        ["images not counted", str(measured.num_left_out)],
        ["seed", str(settings.seed)],
        *_options(settings),
        ["gapjunction", settings.package_version],
        ["git commit of the working folder", settings.git_commit],
    ]
    if measured.predictions is not None:
        threshold = measured.threshold
        rows += [
            ["predictions", str(measured.predictions)],
            ["model version", measured.model],
            ["lowest score that counts", "none" if threshold is None else f"{threshold:g}"],
        ]
    return Table("Settings", ["setting", "value"], rows, first_number=2)


def _options(settings: Settings) -> list[list[str]]:
    given = {
        "planned comparison": settings.primary,
        "compared within blocks": settings.block,
        "one value for each animal": settings.animal,
        "adjusted for": ", ".join(settings.covariates) or None,
        "sizes, regions and cells": settings.measured,
    }
    return [[title, column] for title, column in given.items() if column is not None]


def _methods(settings: Settings) -> list[str]:
    return [
        "Plaques per image: the mean count of an asset's images. Counted are boxes as they stand, "
        "also where they reach beyond the image.",
        "Plaques per mm\N{SUPERSCRIPT TWO}: all plaques of an asset by the area of all its "
        "images, where the dataset's metadata tell the side of a pixel. Where all images of each "
        "dataset cover one area, it is compared instead of plaques per image, as both give the "
        "same ratios and p-values.",
        "Stacks: where all assets are stacks of slices, told by the names of their images, boxes "
        "are linked through the slices and a plaque counts once. Compared are plaques per "
        "mm\N{SUPERSCRIPT THREE}, the volume of all slices, each as thick as the z step; where the "
        "z step or the side of a pixel is not known, plaques per slice: linked plaques by the "
        "number of slices, which compares stacks of one z step and one area.",
        "Plaque size: the side of a square of the box's area, of a linked plaque's largest box, "
        "its mean over all plaques of an asset. A box is larger than the plaque in it, by about "
        "the blur of the microscope.",
        "Groups: as spelled in asset_metadata.json. An asset whose metadata do not tell a factor "
        "is left out of it.",
        "Strata: assets are compared within their dataset, where two of each group are in it. "
        "Only where no dataset has both groups are datasets compared with one another.",
        "Ratio: mean of one group's assets by that of the other; of several datasets, the "
        "geometric mean of their ratios, weighted by N M / (N + M) for groups of N and M assets.",
        "Interval of a ratio: 95 %, Welch's t on the logarithm, with the variance of each mean "
        "from the spread of its assets. A bootstrap of three assets would hold the truth in 81 "
        "of 100 studies, not 95.",
        "Within blocks (--block): the geometric mean of the blocks' ratios, the paired t interval "
        "of its logarithm over blocks, and a permutation of the same t within blocks.",
        "Adjusted for covariates (--covariate): least squares on the logarithm of each asset's "
        "value, with a level of each dataset; t from each asset's own residual by its leverage "
        "(HC2), with Satterthwaite's degrees of freedom.",
        "Corrected by annotated images (--rectify): each group's mean times annotated / found in "
        "its annotated images; Welch's t on the logarithm, with the variance of what each asset "
        "adds to it.",
        "Hedges' g: difference of the means in pooled standard deviations of assets, corrected "
        "for small samples.",
        "p: two-sided permutation test of the logarithm of the ratio by its standard error, which "
        "is what the interval is made of, assets exchanged within their dataset; all arrangements "
        f"up to {MAX_EXACT}, else {settings.num_permutations} drawn at random.",
        "p, Holm: p corrected for all planned comparisons and correlations of this report. Below "
        "0.05 a difference counts as shown.",
        "Correlation with age: Spearman's, with ranks within each dataset; interval after "
        "Fisher, with the standard error of Bonett and Wright; permutation test as above.",
        "Random images: drawn with the seed. Images with the most errors: most boxes unmatched "
        "at IoU 0.5, on either side.",
        "docs/metrics.md of gapjunction has the formulas and their sources.",
    ]
