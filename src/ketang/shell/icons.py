"""The house's few icons, drawn as strokes on a 20 × 20 grid."""

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

# ruff: noqa: E501 - drawings are data
PATHS = {
    "ok": '<circle cx="10" cy="10" r="7.5"/><path d="m6.5 10.2 2.4 2.4 4.6-5"/>',
    "clock": '<circle cx="10" cy="10" r="7.5"/><path d="M10 5.5V10l3 2"/>',
    "alert": '<path d="M10 2.8 18 17H2z"/><path d="M10 8v4M10 14.4v.2"/>',
    "pause": '<circle cx="10" cy="10" r="7.5"/><path d="M8 7v6M12 7v6"/>',
    "info": '<circle cx="10" cy="10" r="7.5"/><path d="M10 9v5M10 6v.2"/>',
    "settings": '<path d="M3 6h6M13 6h4M3 14h3M10 14h7"/><circle cx="11" cy="6" r="2"/><circle cx="8" cy="14" r="2"/>',
    "eye": '<path d="M1.8 10S5 4.5 10 4.5 18.2 10 18.2 10 15 15.5 10 15.5 1.8 10 1.8 10Z"/><circle cx="10" cy="10" r="2.4"/>',
    "file": '<path d="M5 2.5h6.5L16 7v10.5H5z"/><path d="M11.5 2.5V7H16"/>',
    "photo": '<rect x="2.5" y="5" width="15" height="11.5" rx="1.5"/><path d="m7 5 1.2-2h3.6L13 5"/>'
    '<circle cx="10" cy="10.7" r="3"/>',
    "mic": '<rect x="7.3" y="2" width="5.4" height="9.5" rx="2.7"/><path d="M4 10a6 6 0 0 0 12 0M10 16v2.5"/>',
    "plus": '<path d="M10 4v12M4 10h12"/>',
    "close": '<path d="m5 5 10 10M15 5 5 15"/>',
    "search": '<circle cx="9" cy="9" r="5.5"/><path d="m13 13 4.5 4.5"/>',
    "place": '<path d="M10 18s6-5.2 6-9.8A6 6 0 0 0 4 8.2C4 12.8 10 18 10 18Z"/><circle cx="10" cy="8" r="2.2"/>',
    "phone": '<path d="M6.5 2.5 4 4c-.6 6 5.9 12.6 12 12l1.5-2.5-3.6-2.6-2 1.6c-1.9-.8-3.6-2.5-4.4-4.4l1.6-2z"/>',
    "next": '<path d="m7.5 4 6 6-6 6"/>',
    "back": '<path d="m12.5 4-6 6 6 6"/>',
    "empty": '<path d="M3 11.5 5 4h10l2 7.5V16H3z"/><path d="M3 11.5h4l1 2h4l1-2h4"/>',
    "lock": '<rect x="4" y="9" width="12" height="8.5" rx="1.5"/><path d="M6.7 9V6.3a3.3 3.3 0 0 1 6.6 0V9"/>',
}


def icon(name: str, label: str = "") -> SafeString:
    """Hidden from screen readers unless it has a ``label``: the word beside it says the same."""
    role = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="icon" viewBox="0 0 20 20" width="20" height="20" {}>{}</svg>',
        role,
        mark_safe(PATHS[name]),
    )
