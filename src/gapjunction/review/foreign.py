"""What another program changed in a detection file, box by box, for a person to take or leave."""

import uuid
from collections.abc import Sequence

from gapjunction.metrics.matching import UNMATCHED, match_detections
from gapjunction.review.entries import FILE, Base, Box, Change, Proposal
from gapjunction.review.file_boxes import as_detections, kept_boxes
from gapjunction.review.merging import ImageState

SAME_IOU = 0.5
SAME_PX = 0.0015  # files are written to 0.001 px


def proposals_of_file(state: ImageState, theirs: Base | None) -> tuple[Change, ...]:
    """Return what is to be decided on where a file holds something else than it should.

    Predictions in it are of no account where a person has begun; None is a file that is gone.
    What was to be decided on before, and is in the file no more, is to be decided on no more.
    """
    kept = kept_boxes(state) if state.is_done else state.boxes
    if theirs is None:
        new = proposals_of(kept, ()) if state.is_done else ()
    else:
        new = proposals_of(kept, theirs.boxes) if theirs.is_done else ()
    still = {change.id for change in new}
    old = [each for each in state.proposals if each.id not in still]
    return *(Change(what="proposal", id=each.id, before=each) for each in old), *new


def proposals_of(ours: Sequence[Box], theirs: Sequence[Box]) -> tuple[Change, ...]:
    """Return what makes the boxes `ours` those that are in the file now, as changes to decide on.

    A box that overlaps one of its class by half is that one, moved. One that is added gets an id
    that none of `ours` has: ids tell where in its file a box was.
    """
    known = {box.id for box in ours}
    matches = match_detections(as_detections(ours), as_detections(theirs), SAME_IOU).tolist()
    proposals = []
    for box, match in zip(theirs, matches, strict=True):
        before = None if match == UNMATCHED else ours[match]
        if before is None:
            name = uuid.uuid4().hex if box.id in known else box.id
            added = box.but(id=name, by=FILE, score=None, state="person")
            proposals.append(Proposal(id=f"added-{name}", after=added))
        elif not _is_same(before, box):
            moved = before.but(box=box.box, by=FILE, state="changed")
            proposals.append(Proposal(id=f"moved-{before.id}", before=before, after=moved))
    gone = set(range(len(ours))).difference(matches)
    proposals += [
        Proposal(id=f"gone-{ours[index].id}", before=ours[index]) for index in sorted(gone)
    ]
    return tuple(Change(what="proposal", id=each.id, after=each) for each in proposals)


def _is_same(one: Box, other: Box) -> bool:
    return all(abs(a - b) <= SAME_PX for a, b in zip(one.box, other.box, strict=True))
