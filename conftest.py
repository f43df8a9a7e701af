"""What every test shares: throwaway folders, and the real data folder when it is there."""

import os
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def _own_folders(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture(scope="session")
def test_data() -> Path:
    """``KETANG_TEST_DATA`` (default ../shared/data). Absent: skipped with a word, but an error under CI."""
    folder = Path(os.environ.get("KETANG_TEST_DATA") or Path(__file__).parents[1] / "shared" / "data")
    if not folder.is_dir():
        message = f"KETANG_TEST_DATA: {folder} is absent"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return folder
