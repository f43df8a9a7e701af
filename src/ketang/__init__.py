"""Ketang 客堂: an open platform for a district's grassroots governance."""

__version__ = "0.1.0"
