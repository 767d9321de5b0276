from pathlib import Path

import pytest

from qa.errors import SettingsError
from qa.settings import SETTINGS_FILE, Settings, read_settings
from qa.settings_sources import checked

SESAME = "correct horse"


def test_arguments_beat_the_environment_which_beats_the_file_which_beats_defaults(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert read_settings().port == 7860
    (tmp_path / SETTINGS_FILE).write_text('port = 1111\nhost = "0.0.0.0"\n')
    assert (read_settings().port, read_settings().host) == (1111, "0.0.0.0")  # noqa: S104
    monkeypatch.setenv("HOSPITALQA_PORT", "2222")
    assert read_settings().port == 2222
    assert read_settings(port=3333, host=None).port == 3333


def test_defaults_are_those_that_a_check_of_nothing_gives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HOSPITALQA_CACHE")
    assert read_settings() == checked({}) == Settings()


def test_names_in_the_environment_are_of_any_case(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOSPITALQA_CACHE")
    monkeypatch.setenv("hospitalqa_port", "2222")
    assert read_settings().port == 2222


def test_the_password_is_not_shown() -> None:
    settings = read_settings(operator_password=SESAME)
    assert settings.operator_password == SESAME
    assert SESAME not in repr(settings)


def test_a_wrong_value_is_named_with_its_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOSPITALQA_PORT", "many")
    with pytest.raises(SettingsError, match="port = 'many'"):
        read_settings()


def test_an_unknown_setting_in_the_file_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / SETTINGS_FILE).write_text("prot = 1\n")
    with pytest.raises(SettingsError, match="prot"):
        read_settings()


def test_a_broken_file_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / SETTINGS_FILE).write_text("port = = 1\n")
    with pytest.raises(SettingsError, match=SETTINGS_FILE):
        read_settings()
