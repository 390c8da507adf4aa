"""Text on how far several people agree."""

from typing import Any

from gapjunction.benchmark.people import People
from gapjunction.report.tables import NO_VALUE, aligned_text


def people_text(people: People) -> str:
    """Return the agreement of all people as a sentence, and a table with a row for two of them."""
    together, icc = people.together, people.together.icc
    agreement = NO_VALUE if icc is None else f"{icc.value:.3f}"
    if icc is not None and icc.interval is not None:
        agreement += f" (95 % interval {icc.interval.low:.3f} to {icc.interval.high:.3f})"
    within = NO_VALUE if together.reproducibility is None else f"{together.reproducibility:.2f}"
    sentence = (
        f"{together.num_raters} people counted {together.num_images} images: ICC(A,1) {agreement}, "
        f"reproducibility coefficient {within} objects (counts of an image by two of them differ "
        "by less in 95 %)."
    )
    rows = [
        [
            f"{people.names[other]} - {people.names[one]}",
            *(
                _text(value)
                for value in (
                    found.bias,
                    found.limits_of_agreement_low,
                    found.limits_of_agreement_high,
                )
            ),
        ]
        for (one, other), found in people.pairs.items()
    ]
    table = aligned_text(["two people", "bias", "95 % limits, low", "95 % limits, high"], rows)
    return f"{sentence}\n\n{table}"


def people_values(people: People) -> dict[str, Any]:
    """Return the same as numbers for JSON."""
    together, icc = people.together, people.together.icc
    interval = None if icc is None else icc.interval
    return {
        "num_people": together.num_raters,
        "num_images": together.num_images,
        "icc_agreement": None if icc is None else icc.value,
        "icc_agreement_low": None if interval is None else interval.low,
        "icc_agreement_high": None if interval is None else interval.high,
        "reproducibility": together.reproducibility,
        "pairs": [
            {
                "first": people.names[one],
                "second": people.names[other],
                "bias": found.bias,
                "limits_of_agreement_low": found.limits_of_agreement_low,
                "limits_of_agreement_high": found.limits_of_agreement_high,
            }
            for (one, other), found in people.pairs.items()
        ],
    }


def _text(value: float | None) -> str:
    return NO_VALUE if value is None else f"{value:+.2f}"
