"""What `torch.load` raises of files that are damaged or were written by something else."""

import pickle
import struct

UNREADABLE = (
    pickle.UnpicklingError,
    RuntimeError,
    EOFError,
    ValueError,  # numbers and names of the zip that are none
    LookupError,
    TypeError,
    AttributeError,
    AssertionError,
    OverflowError,
    ImportError,
    struct.error,
)
