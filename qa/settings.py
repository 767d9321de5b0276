"""Settings: defaults < `hospital-qa.toml` < environment (`HOSPITALQA_*`) < arguments.

They are read once, where the program begins, and handed on.
"""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import platformdirs

from corpus.formats.raw import MAX_BYTES, MAX_CHARACTERS, MAX_PAGES, MAX_UNPACKED, Limits
from embeddings.encoder import DEFAULT_MODEL, available_cores

SETTINGS_FILE = "hospital-qa.toml"
PREFIX = "HOSPITALQA_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What can be set. The environment variable of `cache` is `HOSPITALQA_CACHE`, and so on.

    What a field's metadata say is checked where it is set, as is its type: see `read_settings`.
    """

    corpus: Path | None = None
    """Folder or file of documents; without it the built-in hospitals."""
    model: str = DEFAULT_MODEL
    """Sentence model: the bundled one, a sentence-transformers folder or hub name."""
    reranker: str = ""
    """Cross-encoder that reads the best candidates again: a folder or a hub name."""
    cache: Path = Path(platformdirs.user_cache_dir("hospital-qa"))
    """Where the unpacked model and the indexes are kept."""
    store: str = ""
    """Engine that holds the index, as milvus+http://host:19530/collection; without it the index is
    in a folder of this machine.
    """
    threads: int = field(default=0, metadata={"ge": 0})
    """Texts embedded at a time; 0 is one a core."""
    max_bytes: int = field(default=MAX_BYTES, metadata={"gt": 0})
    """Largest file that is read, in bytes."""
    max_characters: int = field(default=MAX_CHARACTERS, metadata={"gt": 0})
    """Longest text of one file, in characters."""
    max_pages: int = field(default=MAX_PAGES, metadata={"gt": 0})
    """Most pages of one PDF."""
    max_unpacked: int = field(default=MAX_UNPACKED, metadata={"gt": 0})
    """Most bytes that a DOCX or a part of a PDF unpacks to."""
    host: str = "127.0.0.1"
    """Address that the page is served on."""
    port: int = field(default=7860, metadata={"ge": 0, "le": 65535})
    """Port of the page; 0 is any free one."""
    data: Path = Path(platformdirs.user_data_dir("hospital-qa"))
    """Where feedback, the log of questions and uploaded documents are kept."""
    operator_password: str = field(default="", repr=False)
    """Password of the operator's page; without one there is no page."""
    log_questions: bool = False
    """Keep what is asked and answered, for the operator."""
    feedback: bool = True
    """Take and keep what readers say of answers."""
    embed_origins: str = ""
    """Sites that may show the page in a frame, as https://a.example, with spaces."""
    rate_limit: str = "120/minute"
    """Questions that one client may ask; empty is no limit."""
    rate_storage: str = "memory://"
    """Where questions are counted: memory:// or redis://host:6379."""
    queue: int = field(default=200, metadata={"ge": 0})
    """Questions that may wait; more are refused as busy."""
    answer_cache: int = field(default=256, metadata={"ge": 0})
    """Answers kept for when the same is asked again; 0 keeps none."""
    callers: int = field(default=0, metadata={"ge": 0})
    """Questions answered at a time; 0 is one a core."""
    trusted_proxies: str = ""
    """Addresses or networks whose X-Forwarded-For is believed, with spaces; or *."""
    max_upload: int = field(default=50_000_000, metadata={"gt": 0})
    """Largest upload of an operator, in bytes."""

    @property
    def limits(self) -> Limits:
        """How large a file may be."""
        return Limits(self.max_bytes, self.max_characters, self.max_pages, self.max_unpacked)

    @property
    def answered_at_a_time(self) -> int:
        """How many questions a server answers at a time."""
        return self.callers or available_cores()


def read_settings(**arguments: Any) -> Settings:
    """Return the settings; arguments that are None count as not given.

    Raises SettingsError that names the setting, its value and what it may be.
    """
    given = {name: value for name, value in arguments.items() if value is not None}
    if not given and not _are_set():
        return Settings()  # a question need not wait for what checks settings
    from qa.settings_sources import checked

    return checked(given)


def _are_set() -> bool:
    """Tell whether the file or the environment may set something."""
    in_environment = any(name.upper().startswith(PREFIX) for name in os.environ)
    return in_environment or Path(SETTINGS_FILE).is_file()
