"""Pair things one to one so that the sum of what the pairs are worth is as great as can be."""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

NO_PAIR = -1


def best_pairs(
    i: NDArray[np.int64], j: NDArray[np.int64], worth: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Return the indices, rising, of the pairs (P,) to make (Kuhn 1955, "The Hungarian method").

    Pair p is of thing ``i[p]`` of one side and ``j[p]`` of the other, and occurs once; what it is
    worth is above 0. Things that no chain of pairs connects are assigned apart, so that thousands
    of neighborhoods need no matrix of all things.
    """
    if not len(i):
        return np.zeros(0, np.int64)
    num_first = int(i.max()) + 1
    num_things = num_first + int(j.max()) + 1
    links = coo_array((np.ones(len(i)), (i, j + num_first)), shape=(num_things, num_things))
    _, group_of_thing = connected_components(links, directed=False)
    group = group_of_thing[i]
    order = np.argsort(group, kind="stable")
    groups = np.split(order, np.flatnonzero(np.diff(group[order])) + 1)
    return np.sort(np.concatenate([_best_of_group(i, j, worth, pairs) for pairs in groups]))


def _best_of_group(
    i: NDArray[np.int64],
    j: NDArray[np.int64],
    worth: NDArray[np.float64],
    pairs: NDArray[np.int64],
) -> NDArray[np.int64]:
    if len(pairs) == 1:
        return pairs
    first, rows = np.unique(i[pairs], return_inverse=True)
    second, columns = np.unique(j[pairs], return_inverse=True)
    pair_at = np.full((len(first), len(second)), NO_PAIR)
    pair_at[rows, columns] = pairs
    matrix = np.where(pair_at == NO_PAIR, 0.0, worth[pair_at])
    chosen = pair_at[linear_sum_assignment(matrix, maximize=True)]
    made: NDArray[np.int64] = chosen[chosen != NO_PAIR]
    return made
