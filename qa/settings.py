"""Settings: defaults < `hospital-qa.toml` < environment (`HOSPITALQA_*`) < arguments.

They are read once, where the program begins, and handed on.
"""

from pathlib import Path
from typing import Any

import platformdirs
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from corpus.formats.raw import MAX_BYTES, MAX_CHARACTERS, MAX_PAGES, MAX_UNPACKED, Limits
from embeddings.encoder import DEFAULT_MODEL, available_cores
from qa.errors import SettingsError

SETTINGS_FILE = "hospital-qa.toml"


class Settings(BaseSettings):
    """What can be set. The environment variable of `cache` is `HOSPITALQA_CACHE`, and so on."""

    model_config = SettingsConfigDict(
        env_prefix="HOSPITALQA_", toml_file=SETTINGS_FILE, extra="forbid", frozen=True
    )

    corpus: Path | None = Field(
        None, description="Folder or file of documents; without it the built-in hospitals."
    )
    model: str = Field(
        DEFAULT_MODEL,
        description="Sentence model: the bundled one, a sentence-transformers folder or hub name.",
    )
    reranker: str = Field(
        "",
        description="Cross-encoder that reads the best candidates again: a folder or a hub name.",
    )
    cache: Path = Field(
        Path(platformdirs.user_cache_dir("hospital-qa")),
        description="Where the unpacked model and the indexes are kept.",
    )
    store: str = Field(
        "",
        description="Engine that holds the index, as milvus+http://host:19530/collection; "
        "without it the index is in a folder of this machine.",
    )
    threads: int = Field(0, ge=0, description="Texts embedded at a time; 0 is one a core.")
    max_bytes: int = Field(MAX_BYTES, gt=0, description="Largest file that is read, in bytes.")
    max_characters: int = Field(
        MAX_CHARACTERS, gt=0, description="Longest text of one file, in characters."
    )
    max_pages: int = Field(MAX_PAGES, gt=0, description="Most pages of one PDF.")
    max_unpacked: int = Field(
        MAX_UNPACKED, gt=0, description="Most bytes that a DOCX or a part of a PDF unpacks to."
    )
    host: str = Field("127.0.0.1", description="Address that the page is served on.")
    port: int = Field(7860, ge=0, le=65535, description="Port of the page; 0 is any free one.")
    data: Path = Field(
        Path(platformdirs.user_data_dir("hospital-qa")),
        description="Where feedback, the log of questions and uploaded documents are kept.",
    )
    operator_password: SecretStr = Field(
        SecretStr(""), description="Password of the operator's page; without one there is no page."
    )
    log_questions: bool = Field(
        default=False, description="Keep what is asked and answered, for the operator."
    )
    feedback: bool = Field(default=True, description="Take and keep what readers say of answers.")
    embed_origins: str = Field(
        "",
        description="Sites that may show the page in a frame, as https://a.example, with spaces.",
    )
    rate_limit: str = Field(
        "120/minute", description="Questions that one client may ask; empty is no limit."
    )
    rate_storage: str = Field(
        "memory://", description="Where questions are counted: memory:// or redis://host:6379."
    )
    queue: int = Field(200, ge=0, description="Questions that may wait; more are refused as busy.")
    answer_cache: int = Field(
        256, ge=0, description="Answers kept for when the same is asked again; 0 keeps none."
    )
    callers: int = Field(0, ge=0, description="Questions answered at a time; 0 is one a core.")
    trusted_proxies: str = Field(
        "",
        description="Addresses or networks whose X-Forwarded-For is believed, with spaces; or *.",
    )
    max_upload: int = Field(
        50_000_000, gt=0, description="Largest upload of an operator, in bytes."
    )

    @property
    def limits(self) -> Limits:
        """How large a file may be."""
        return Limits(self.max_bytes, self.max_characters, self.max_pages, self.max_unpacked)

    @property
    def answered_at_a_time(self) -> int:
        """How many questions a server answers at a time."""
        return self.callers or available_cores()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def read_settings(**arguments: Any) -> Settings:
    """Return the settings; arguments that are None count as not given.

    Raises SettingsError that names the setting, its value and what it may be.
    """
    given = {name: value for name, value in arguments.items() if value is not None}
    try:
        return Settings(**given)
    except ValidationError as error:
        problems = [
            f"{'.'.join(map(str, problem['loc']))} = {problem['input']!r}: {problem['msg']}"
            for problem in error.errors()
        ]
        raise SettingsError(
            f"settings that cannot be used: {'; '.join(problems)}; they come from arguments, "
            f"HOSPITALQA_* variables and {SETTINGS_FILE}"
        ) from error
    except ValueError as error:  # the file is not TOML
        raise SettingsError(f"{SETTINGS_FILE} cannot be read: {error}") from error
