"""What every test shares: throwaway folders, and the real data folder when it is there."""

import os
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def _own_folders(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture(autouse=True)
def _no_stale_pictures():
    """A process keeps a picture of areas and departments for two seconds; a rolled-back test leaves none."""
    yield
    from ketang.core.accounts import api as accounts
    from ketang.core.areas import api as areas

    areas.forget()
    accounts.forget_departments()


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
