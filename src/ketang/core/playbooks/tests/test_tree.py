import pytest

from ketang.core.playbooks.tree import BadYaml, parse, place, plain


def read(text: str):
    return plain(parse(text, "x.yaml"))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("9:00", "9:00"),
        ("no", "no"),
        ("on", "on"),
        ("2026-01-01", "2026-01-01"),
        ("0123", "0123"),
        ("1_000", "1_000"),
        ("true", True),
        ("12", 12),
        ("-3", -3),
        ("1.5", 1.5),
        ("~", None),
        ("'12'", "12"),
        ("330604001001001001", 330604001001001001),
    ],
)
def test_a_scalar_is_text_unless_it_is_plainly_a_number_or_truth_value(text, value):
    assert read(f"a: {text}") == {"a": value}


def test_an_empty_file_is_an_empty_mapping():
    assert read("# nothing yet\n") == {}


def test_a_key_written_twice_is_refused_with_its_line():
    with pytest.raises(BadYaml) as error:
        read("a: 1\nb: 2\na: 3\n")
    assert (error.value.line, str(error.value)) == (3, "“a”写了两次")


def test_an_alias_is_refused():
    with pytest.raises(BadYaml) as error:
        read("a: &x [1]\nb: *x\n")
    assert error.value.line == 2


@pytest.mark.parametrize(("text", "line"), [("a: [1,\nb: }\n", 2), ("a:\n\t- b\n", 2), ("a: 'open\n", 2)])
def test_broken_yaml_says_its_line(text, line):
    with pytest.raises(BadYaml) as error:
        read(text)
    assert error.value.line == line


def test_yaml_nested_beyond_reason_is_refused_not_a_crash():
    with pytest.raises(BadYaml):
        read("[" * 5000 + "]" * 5000)


def test_a_tag_that_would_build_an_object_is_only_text():
    assert read("a: !!python/object/apply:os.system ['ls']") == {"a": ["ls"]}


def test_every_value_knows_its_line_and_a_missing_one_its_surroundings():
    root = parse("kinds:\n  - code: A\n    lead: x\n  - code: B\n", "x.yaml")
    assert place(root, ("kinds", 0, "lead")).line == 3
    assert place(root, ("kinds", 1)).line == 4
    assert place(root, ("kinds", 1, "lead")).line == 4
    assert place(root, ("kinds", 7)).line == 2
