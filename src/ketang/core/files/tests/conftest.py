import pytest


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    """Every test has a folder of its own."""
    settings.MEDIA_ROOT = tmp_path / "files"
    return settings.MEDIA_ROOT
