"""The public face of intake: orders from a file, answers back to their source."""

from ketang.governance.intake.actions.exporting import export_answers
from ketang.governance.intake.actions.importing import import_orders
from ketang.governance.intake.queries import mapping, mappings
from ketang.governance.intake.types import Counts, Mode, Report

__all__ = ["Counts", "Mode", "Report", "export_answers", "import_orders", "mapping", "mappings"]
