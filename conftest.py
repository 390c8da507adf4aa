"""Settings of all tests."""

import torch

# The networks of tests are tiny: sharing them among threads costs more than it saves.
torch.set_num_threads(1)
