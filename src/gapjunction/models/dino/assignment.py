"""Which query answers for which object, in a whole batch."""

from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True, slots=True, eq=False)
class QueryAssignment:
    """Pairs of a query and an object, one in each row; all int64 (M,).

    Attributes:
        images: index of the image in the batch.
        queries: index of the query, of those of that image.
        objects: index of the object in the targets of all images, one image after the other.
    """

    images: Tensor
    queries: Tensor
    objects: Tensor

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, kept: Tensor) -> "QueryAssignment":
        """Return the pairs where the mask `kept` (M,) is True."""
        return QueryAssignment(self.images[kept], self.queries[kept], self.objects[kept])
