"""Everything the interface says can be read in English too."""

import importlib.util
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
_spec = importlib.util.spec_from_file_location("messages", ROOT / "tools" / "messages.py")
assert _spec
assert _spec.loader
messages = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(messages)

SLOT = re.compile(r"%\(\w+\)s")


def test_every_msgid_is_translated():
    assert messages.missing() == [], "run tools/messages.py extract, then translate shell/locale/en"


def test_every_translation_has_the_slots_of_its_msgid():
    wrong = [
        message.id
        for message in messages.catalogue()
        if message.id and message.string and isinstance(message.id, str)
        if set(SLOT.findall(message.id)) != set(SLOT.findall(message.string))
    ]
    assert wrong == []


def test_no_template_shows_chinese_that_cannot_be_translated():
    assert messages.bare() == [], "wrap it in {% trans %}"


def test_the_catalogue_holds_nothing_that_is_gone():
    said = {msgid[0] if isinstance(msgid, tuple) else msgid for msgid in messages.extract()}
    kept = {m.id[0] if isinstance(m.id, tuple | list) else m.id for m in messages.catalogue() if m.id}
    assert kept - said == set(), "run tools/messages.py extract"


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("_('甲')", ["甲"]),
        ("class Gone(NotFound):\n    message = '没有'\n    status = 404", ["没有"]),
        ("raise BadInput('不对', field='x', way_out='改好')", ["不对", "改好"]),
        ("ngettext('%(n)s 天', '%(n)s 天们', n)", [("%(n)s 天", "%(n)s 天们")]),
        ("log.info('不是界面')", []),
    ],
)
def test_msgids_are_found_in_python(source, found):
    assert list(messages.in_python(source)) == found


def test_msgids_are_found_in_templates():
    source = '{% trans "甲" %}{{ _("乙") }}{% empty _("丙") %}'
    source += "{% blocktrans with n=1 %}共 {{ n }} 件{% endblocktrans %}"
    assert list(messages.in_template(source)) == ["甲", "乙", "丙", "共 %(n)s 件"]
