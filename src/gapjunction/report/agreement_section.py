"""The part of a report that tells how far detections agree with annotations."""

from gapjunction.benchmark.detection_suite import DetectionStudy
from gapjunction.report.asset_note import asset_note
from gapjunction.report.bland_altman import bland_altman_figure
from gapjunction.report.detection_figures import error_figure, precision_recall_figure
from gapjunction.report.detection_tables import detection_table
from gapjunction.report.embedded_pictures import picture_of_figure
from gapjunction.report.figures import predicted_against_true_figure
from gapjunction.report.html_page import Lines, Paragraph, Section


def agreement_section(study: DetectionStudy) -> Section:
    """Return the metrics of `gapjunction benchmark detection`, and figures of counts and errors."""
    truth = study.counts.num_truth.astype("int64")
    found = study.counts.num_found.astype("int64")
    return Section(
        "Agreement with annotations",
        [
            Lines(
                "Images that were both annotated and predicted, as by gapjunction benchmark "
                "detection:",
                detection_table(study.suite, study.settings.um_per_px),
            ),
            Paragraph(asset_note(study.groups)),
            picture_of_figure(
                bland_altman_figure(truth, found, groups=study.groups),
                "Difference of detected and annotated counts of each image (Bland and Altman)",
                "bland_altman",
                is_half=True,
            ),
            picture_of_figure(
                predicted_against_true_figure(truth, found),
                "Detected against annotated counts of each image",
                "detected_against_annotated",
                is_half=True,
            ),
            picture_of_figure(
                error_figure(study),
                "Errors of each kind in all images, IoU 0.5",
                "errors",
                is_half=True,
            ),
            picture_of_figure(
                precision_recall_figure(study),
                "Precision and recall at all thresholds that were written",
                "precision_recall",
                is_half=True,
            ),
        ],
    )
