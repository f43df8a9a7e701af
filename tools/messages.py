"""Translations without gettext's binaries: Babel and Django's own template reader.

    python tools/messages.py extract   read all msgids of the tree into the English catalogue
    python tools/messages.py check     list what is not translated; exit 1 when something is
    python tools/messages.py compile   write the .mo that Django reads (make setup does it)
    python tools/messages.py bare      list Chinese text on pages that no translation can reach

Msgids are Chinese. They are found in gettext calls, in templates, and in what needs no call: the messages of
errors (`class X(KetangError): message = …`, `raise BadInput("…", way_out="…")`).
"""

import ast
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import yaml
from babel.messages import mofile, pofile
from babel.messages.catalog import Catalog
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "ketang"
PO = SOURCE / "shell" / "locale" / "en" / "LC_MESSAGES" / "django.po"

ONE = {"gettext", "gettext_lazy", "gettext_noop", "noop", "_", "_t", "N_"}
# Tables of words that are translated where they are shown: every Chinese constant in them is a msgid.
TABLES = ("core/cases/rules.py", "core/cases/transitions.py", "core/cases/clocks.py")
PROFILES = ROOT / "playbooks" / "base" / "profiles.yaml"
MANY = {"ngettext", "ngettext_lazy"}
ERROR_FIELDS = {"message", "way_out"}
CHINESE = re.compile(r"[\u4e00-\u9fff]")
# The style page's samples and the generated people of tests are shown to nobody in English.
LEFT_OUT = (
    "ketang/config/",  # the command line speaks both languages in one sentence
    "/tests/",
    "/migrations/",
    "/styleguide/",
    "shell/styleguide.py",
    "testing.py",
)
CALL = re.compile(r"\b(?:_|gettext|ngettext)\((.*?)\)(?=[\s;]|$)", re.S)

Id = str | tuple[str, str]


def files(pattern: str) -> Iterator[Path]:
    for path in sorted(SOURCE.rglob(pattern)):
        if not any(part in path.as_posix() for part in LEFT_OUT):
            yield path


def in_python(text: str) -> Iterator[Id]:
    """Msgids of a Python source."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _in_call(node)
        elif isinstance(node, ast.ClassDef):
            yield from _in_class(node)
        elif isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            yield from _in_raise(node.exc)


def _in_call(call: ast.Call) -> Iterator[Id]:
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    words = [word for arg in call.args if (word := _text(arg))]
    if name in ONE and words:
        yield words[0]
    elif name in MANY and len(words) >= 2:
        yield words[0], words[1]


def _in_class(node: ast.ClassDef) -> Iterator[Id]:
    for line in node.body:
        target = line.targets[0] if isinstance(line, ast.Assign) else getattr(line, "target", None)
        value = getattr(line, "value", None)
        if isinstance(target, ast.Name) and target.id in ERROR_FIELDS and value is not None:
            yield from _chinese(value)


def _in_raise(call: ast.Call) -> Iterator[Id]:
    for arg in [*call.args[:1], *(k.value for k in call.keywords if k.arg in ERROR_FIELDS)]:
        yield from _chinese(arg)


def _chinese(node: ast.expr) -> Iterator[str]:
    text = _text(node)
    if text and CHINESE.search(text):
        yield text


def _text(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def in_template(text: str) -> Iterator[Id]:
    """Msgids of a Django template: its tags rewritten as calls by Django itself."""
    for call in CALL.finditer(templatize(text)):
        try:
            found = ast.literal_eval(f"({call.group(1).strip().rstrip(',')},)")
        except (SyntaxError, ValueError):
            found = _plural(call.group(1))
        words = [word for word in found if isinstance(word, str)]
        if words:
            yield (words[0], words[1]) if len(words) > 1 else words[0]


def _plural(arguments: str) -> tuple[str, ...]:
    """ngettext(u'one', u'many', count): the count is no literal."""
    return tuple(
        ast.literal_eval(part)
        for part in re.findall(r"u?'(?:[^'\\]|\\.)*'|u?\"(?:[^\"\\]|\\.)*\"", arguments)
    )


def in_table(text: str) -> Iterator[Id]:
    """Every Chinese constant of a module that is a table of words, its docstrings left out."""
    tree = ast.parse(text)
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in told:
            yield from _chinese(node)


def in_profiles(text: str) -> Iterator[Id]:
    """The base playbook's names of stages, and what residents read at each."""
    content = yaml.safe_load(text)
    stages = [stage for profile in content["profiles"] for stage in profile["stages"]]
    for stage in [*content["profiles"], *stages, *content["side"]]:
        yield from (stage[key] for key in ("name", "plain") if stage.get(key))


def extract() -> dict[Id, list[str]]:
    """Every msgid of the tree with the files it stands in."""
    found: dict[Id, list[str]] = {}
    for pattern, read in (("*.py", in_python), ("*.html", in_template), ("*.txt", in_template)):
        for path in files(pattern):
            _add(found, path, in_table if path.as_posix().endswith(TABLES) else read)
    _add(found, PROFILES, in_profiles)
    return found


def _add(found: dict[Id, list[str]], path: Path, read: Callable[[str], Iterator[Id]]) -> None:
    place = path.relative_to(ROOT).as_posix()
    for msgid in read(path.read_text()):
        places = found.setdefault(msgid, [])
        if place not in places:
            places.append(place)


def catalogue() -> Catalog:
    if not PO.exists():
        return Catalog(locale="en", charset="utf-8")
    with PO.open("rb") as file:
        return pofile.read_po(file, locale="en")


def missing() -> list[str]:
    """What the tree says and the catalogue does not, empty translations included."""
    known = catalogue()
    return [str(msgid) for msgid in extract() if not _translated(known, msgid)]


def _translated(known: Catalog, msgid: Id) -> bool:
    message = known.get(msgid[0] if isinstance(msgid, tuple) else msgid)
    words = message.string if message else ""
    return all(words) if isinstance(words, tuple | list) else bool(words)


def save(known: Catalog) -> None:
    """The catalogue of what the tree says now: old translations kept, what is gone dropped, sorted."""
    fresh = Catalog(locale="en", charset="utf-8", project="Ketang", version="", fuzzy=False)
    fresh.header_comment = "# English of the interface. Read and written by tools/messages.py."
    for msgid, places in sorted(extract().items(), key=lambda item: str(item[0])):
        old = known.get(msgid[0] if isinstance(msgid, tuple) else msgid)
        flags = ("python-format",) if "%(" in str(msgid) else ()
        fresh.add(msgid, old.string if old else None, locations=[(p, 0) for p in places], flags=flags)
    PO.parent.mkdir(parents=True, exist_ok=True)
    with PO.open("wb") as file:
        pofile.write_po(file, fresh, width=110, include_lineno=False, omit_header=True)
    body = PO.read_text()
    head = 'msgid ""\nmsgstr ""\n"Language: en\\n"\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
    plural = '"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
    PO.write_text(fresh.header_comment + "\n" + head + plural + body)


def compile_all() -> None:
    with PO.with_suffix(".mo").open("wb") as file:
        mofile.write_mo(file, catalogue())


def bare() -> list[str]:
    """Chinese text in templates outside `{% trans %}`, which an English reader cannot read."""
    hidden = re.compile(
        r"\{%\s*blocktrans.*?endblocktrans\w*\s*%\}|\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<!--.*?-->", re.S
    )
    found = []
    for path in files("*.html"):
        text = hidden.sub(lambda match: "\n" * match.group().count("\n"), path.read_text())
        for number, line in enumerate(text.splitlines(), 1):
            if CHINESE.search(line) and "lang=" not in line and "Language" not in line:
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}")
    return found


def main(verb: str) -> int:
    if verb == "extract":
        save(catalogue())
    elif verb == "compile":
        compile_all()
    elif verb in ("check", "bare"):
        lines = missing() if verb == "check" else bare()
        print("\n".join(lines))
        return 1 if lines else 0
    else:
        print(__doc__)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else ""))
