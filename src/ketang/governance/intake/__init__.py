"""Intake 受理入口: where reports and orders come in — by hand, from a phone, from a file."""
