from pathlib import Path

import pytest

from qa.errors import SettingsError
from qa.settings import SETTINGS_FILE, read_settings


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
