"""Writes of accounts. Each function is one transaction: row and audit together."""
