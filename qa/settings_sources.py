"""Settings from where they are set: the file, the environment and arguments; all are checked."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from pydantic import Field, ValidationError, create_model
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from qa.errors import SettingsError
from qa.settings import PREFIX, SETTINGS_FILE, Settings


class _Sources(BaseSettings):
    """Reads and checks the fields that it is given."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, toml_file=SETTINGS_FILE, extra="forbid")

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


def checked(arguments: Mapping[str, Any]) -> Settings:
    """Return the settings of all sources, of which `arguments` come first.

    Raises SettingsError that names the setting, its value and what it may be.
    """
    known: dict[str, Any] = {
        one.name: (one.type, Field(one.default, **one.metadata)) for one in fields(Settings)
    }
    try:
        found = create_model("Settings", __base__=_Sources, **known)(**arguments)
    except ValidationError as error:
        problems = [
            f"{'.'.join(map(str, problem['loc']))} = {problem['input']!r}: {problem['msg']}"
            for problem in error.errors()
        ]
        raise SettingsError(
            f"settings that cannot be used: {'; '.join(problems)}; they come from arguments, "
            f"{PREFIX}* variables and {SETTINGS_FILE}"
        ) from error
    except ValueError as error:  # the file is not TOML
        raise SettingsError(f"{SETTINGS_FILE} cannot be read: {error}") from error
    return Settings(**found.model_dump())
