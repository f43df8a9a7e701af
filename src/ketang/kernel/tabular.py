"""Cells that leave in a spreadsheet."""

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def safe_cell(text: str) -> str:
    """A cell that begins like a formula gets an apostrophe: opening the file runs nothing (CWE-1236)."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
