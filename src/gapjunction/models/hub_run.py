"""A run on the Hugging Face Hub: of it two files are downloaded once, and kept in the Hub's cache.

They are weights as safetensors and a config as JSON: nothing that can hold code is opened.
"""

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from gapjunction.errors import CheckpointError
from gapjunction.models.checkpoint import CONFIG_NAME, WEIGHTS_NAME
from gapjunction.optional_packages import import_optional

logger = logging.getLogger(__name__)

SCHEME = "hf:"


@dataclass(frozen=True, slots=True)
class HubRun:
    """Where a run is on the Hub.

    Attributes:
        model: its name there, as "user/model".
        revision: a branch, a tag or a commit; None: the main branch.
    """

    model: str
    revision: str | None = None

    @classmethod
    def of(cls, path: Path) -> Self | None:
        """Return the run that hf://user/model[@revision] names; None where a path is no such.

        A path keeps one of the two slashes.
        """
        if path.parts[:1] != (SCHEME,):
            return None
        model, _, revision = "/".join(path.parts[1:]).partition("@")
        return cls(model, revision or None)

    def __str__(self) -> str:
        return f"{SCHEME}//{self.model}" + (f"@{self.revision}" if self.revision else "")

    def folder(self) -> Path:
        """Return the folder with both files, of one commit, in the cache.

        What is in the cache is taken from there, without a network, also where the main branch
        has gone on: another revision has to be named.

        Raises:
            CheckpointError: if there is no such run, or it cannot be downloaded.
            ConfigError: if the package huggingface_hub is not installed.
        """
        folder = self._file(CONFIG_NAME).parent
        pinned = HubRun(self.model, folder.name)  # the cache calls folders by their commits
        pinned._file(WEIGHTS_NAME)
        if self.revision != pinned.revision:
            logger.info("using %s; name it so, and it stays the same", pinned)
        return folder

    def _file(self, name: str) -> Path:
        hub = import_optional("huggingface_hub")
        asked = {"repo_id": self.model, "filename": name, "revision": self.revision}
        try:
            try:
                kept = hub.hf_hub_download(**asked, local_files_only=True)
            except FileNotFoundError:
                kept = hub.hf_hub_download(**asked)
        except (OSError, ValueError) as error:  # of the network and the Hub, and of odd names
            raise CheckpointError(
                str(self),
                item=name,
                expected="a run on the Hugging Face Hub, or in its cache: "
                f"{SCHEME}//user/model@revision",
                found=str(error).partition("\n")[0] or type(error).__name__,
                fix="check the name and the network, or give a run folder or a zip of one",
                settings=("checkpoint", "weights"),
            ) from None
        return Path(kept)
