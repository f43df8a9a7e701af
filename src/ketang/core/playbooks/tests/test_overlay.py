"""The algebra of overlays."""

import json

import yaml
from hypothesis import given
from hypothesis import strategies as st

from ketang.core.playbooks.load import version_of
from ketang.core.playbooks.overlay import merge, repeats
from ketang.core.playbooks.tree import Mapping, Place, parse, plain

scalars = st.one_of(st.booleans(), st.integers(-99, 99), st.sampled_from(["甲", "乙", "9:00", "x y", ""]))
keys = st.sampled_from(["a", "b", "c", "d"])


def keyed_lists(children):
    item = st.dictionaries(keys, children, max_size=3)
    codes = st.lists(st.sampled_from("PQRSTU"), unique=True, max_size=4)
    return codes.flatmap(
        lambda found: st.tuples(*(item for _ in found)).map(
            lambda bodies: [{"code": code, **body} for code, body in zip(found, bodies, strict=True)]
        )
    )


values = st.recursive(
    scalars,
    lambda children: st.one_of(
        st.dictionaries(keys, children, max_size=4), st.lists(scalars, max_size=3), keyed_lists(children)
    ),
    max_leaves=12,
)
contents = st.dictionaries(keys, values, max_size=4)


def tree(value):
    return parse(json.dumps(value, ensure_ascii=False), "x.yaml")


def merged(base, over):
    return plain(merge(tree(base), tree(over), []))


@given(contents)
def test_an_empty_overlay_changes_nothing(base):
    assert merged(base, {}) == base


@given(contents)
def test_laying_a_playbook_over_itself_changes_nothing(base):
    assert merged(base, base) == base


@given(contents, contents)
def test_an_overlay_applied_twice_is_an_overlay_applied_once(base, over):
    once = merged(base, over)
    assert merged(once, over) == once


@given(contents, contents)
def test_every_scalar_of_the_overlay_stands_in_the_result(base, over):
    result = merged(base, over)
    assert all(result[key] == value for key, value in over.items() if not isinstance(value, dict | list))


@given(contents)
def test_the_version_ignores_comments_blanks_and_the_order_of_keys(content):
    def upside_down(value):
        if isinstance(value, dict):
            return {key: upside_down(value[key]) for key in reversed(list(value))}
        return [upside_down(item) for item in value] if isinstance(value, list) else value

    block = "# a comment\n\n" + yaml.safe_dump(upside_down(content), allow_unicode=True, sort_keys=False)
    quoted = plain(parse(json.dumps(content, ensure_ascii=False), "x.yaml"))
    if "9:00" not in block.replace("'9:00'", ""):
        assert version_of({"x.yaml": plain(parse(block, "x.yaml"))}) == version_of({"x.yaml": quoted})


@given(contents, contents)
def test_different_content_has_another_version(one, other):
    same = json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    assert (version_of({"x.yaml": one}) == version_of({"x.yaml": other})) == same


def test_the_order_of_rules_counts():
    assert version_of({"x": [{"id": "A"}, {"id": "B"}]}) != version_of({"x": [{"id": "B"}, {"id": "A"}]})


def test_items_merge_by_code_and_new_ones_go_to_the_end():
    base = {"kinds": [{"code": "A", "lead": "甲", "words": ["x"]}, {"code": "B", "lead": "乙"}]}
    over = {"kinds": [{"code": "C", "lead": "丙"}, {"code": "A", "words": ["y", "z"]}]}
    assert merged(base, over) == {
        "kinds": [
            {"code": "A", "lead": "甲", "words": ["y", "z"]},
            {"code": "B", "lead": "乙"},
            {"code": "C", "lead": "丙"},
        ]
    }


def test_remove_drops_an_item_and_a_key():
    base = {"kinds": [{"code": "A"}, {"code": "B"}], "side": {"x": 1, "y": 2}}
    over = {"kinds": [{"code": "A", "remove": True}], "side": {"x": {"remove": True}}}
    assert merged(base, over) == {"kinds": [{"code": "B"}], "side": {"y": 2}}


def test_removing_what_is_not_there_is_reported_with_its_line():
    lost: list[Place] = []
    merge(
        parse("kinds: [{code: A}]", "base/x"),
        parse("kinds:\n- {code: A}\n- {code: Z, remove: true}", "o/x"),
        lost,
    )
    assert lost == [Place("o/x", 3)]


def test_a_list_without_codes_is_replaced_whole():
    assert merged({"a": [1, 2, 3]}, {"a": [4]}) == {"a": [4]}


def test_the_place_of_a_merged_value_is_where_it_was_written_last():
    base, over = (
        parse("kinds:\n- code: A\n  lead: x\n", "base/k"),
        parse("\nkinds:\n- code: A\n  lead: y\n", "o/k"),
    )
    result = merge(base, over, [])
    assert isinstance(result, Mapping)
    item = result.items["kinds"].items[0]
    assert item.items["lead"].at == Place("o/k", 4)


def test_the_same_code_twice_in_a_list_is_found_with_both_lines():
    root = parse("kinds:\n  - code: A\n  - code: B\n  - code: A\n", "x")
    assert [(at.line, first.line, code) for at, first, code in repeats(root)] == [(4, 2, "A")]
