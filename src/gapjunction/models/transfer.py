"""Start a network from the weights of another one that knows other classes."""

from collections.abc import Collection, Mapping

from torch import Tensor, nn


def transfer_weights(
    weights: Mapping[str, Tensor], network: nn.Module, skipped: Collection[str] = ()
) -> list[str]:
    """Load into `network`, in place, all weights of its shapes; return the names of the others.

    Those of the network stay as they were, and so do those called as in `skipped`. A weight that
    depends on the number of classes means nothing if the classes are others, so that no part of
    it is taken over.

    Raises:
        ValueError: naming a weight that only one of the two has.
    """
    own = network.state_dict()
    if strangers := own.keys() ^ weights.keys():
        side = "unknown" if min(strangers) in weights else "missing"
        raise ValueError(f"{len(strangers)} weights differ: {min(strangers)} is {side}")
    fitting = {
        name: value
        for name, value in weights.items()
        if value.shape == own[name].shape and name not in skipped
    }
    network.load_state_dict(fitting, strict=False)
    return sorted(weights.keys() - fitting.keys())
