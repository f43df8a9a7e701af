"""A backup is whole or not there, comes back on either database, and never holds a key."""

import json
import shutil
import zipfile

import pytest

BOTH = [pytest.param("sqlite"), pytest.param("postgres", marks=pytest.mark.postgres)]


def copy_keys(source, target):
    shutil.copytree(source.folder / "keys", target.folder / "keys", dirs_exist_ok=True)


def backup_of(house, name="all.zip"):
    (house.folder / "files" / "ab").mkdir(exist_ok=True)
    (house.folder / "files" / "ab" / "photo.jpg").write_bytes(b"\xff\xd8" + b"x" * 100_000)
    file = house.folder / name
    return file, house.ketang("backup", file)


@pytest.mark.slow
@pytest.mark.parametrize("source", BOTH)
@pytest.mark.parametrize("target", BOTH)
def test_what_was_backed_up_comes_back_on_either_database(new_house, source, target):
    one = new_house(source).build().seed()
    file, _ = backup_of(one)
    two = new_house(target)
    copy_keys(one, two)
    said = two.ketang("restore", file, "--verify")
    assert "every table matches" in said
    assert "intact" in said
    before, after = one.read(), two.read()
    assert before["phones"] == after["phones"]
    assert len(after["phones"]) == 59
    assert after["parent"] == "d-later"
    assert after["new"] > 2, "a restored sequence must give new ids"
    assert (two.folder / "files" / "ab" / "photo.jpg").read_bytes()[:2] == b"\xff\xd8"
    two.ketang("audit", "verify")


@pytest.mark.slow
@pytest.mark.postgres
def test_moving_from_sqlite_to_postgres_compares_rows_and_hashes(new_house, fresh_postgres):
    one, url = new_house("sqlite").build().seed(), fresh_postgres()
    said = one.ketang("move", "--to", url)
    assert "accounts.Account" in said
    assert "every table matches" in said
    phones = one.read()["phones"]
    one.url = url
    assert one.read()["phones"] == phones
    one.ketang("audit", "verify")
    assert "was left alone" in type(one)(one.folder).ketang("move", "--to", url, code=2)


def test_a_backup_holds_no_key_and_says_which_are_needed(new_house):
    house = new_house("sqlite").build().seed(3)
    file, said = backup_of(house)
    ids = [line.partition(":")[0] for p in (house.folder / "keys").glob("*.key*") for line in p.open()]
    secrets = [
        line.partition(":")[2].strip() for p in (house.folder / "keys").glob("*.key*") for line in p.open()
    ]
    secrets.append((house.folder / "keys" / "session.secret").read_text().strip())
    with zipfile.ZipFile(file) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        everything = b"".join(archive.read(name) for name in archive.namelist())
    assert "No keys inside" in said
    assert "No keys inside" in manifest["note"]
    assert all(key_id in said for key_id in ids)
    assert not [s for s in secrets if s.encode() in everything]
    assert file.stat().st_mode & 0o077 == 0


def test_without_keys_it_restores_and_names_the_keys_it_needs(new_house):
    one, two = new_house("sqlite").build().seed(3), new_house("sqlite")
    file, _ = backup_of(one)
    said = two.ketang("restore", file)
    for name in ("data.keys", "index.key", "audit.key"):
        assert (one.folder / "keys" / name).read_text().partition(":")[0] in said
    copy_keys(one, two)
    assert two.read()["phones"] == one.read()["phones"]


@pytest.mark.parametrize("kind", BOTH)
def test_a_database_in_use_is_left_alone_unless_forced(new_house, kind):
    one, two = new_house("sqlite").build().seed(3), new_house(kind).build().seed(5)
    file, _ = backup_of(one)
    assert "was left alone" in two.ketang("restore", file, code=2)
    assert len(two.read()["phones"]) == 4
    copy_keys(one, two)
    two.ketang("restore", file, "--verify", "--force")
    assert len(two.read()["phones"]) == 2


@pytest.mark.parametrize("kind", BOTH)
def test_a_damaged_backup_changes_nothing(new_house, kind):
    one, two = new_house("sqlite").build().seed(3), new_house(kind).build().seed(5)
    file, _ = backup_of(one)
    damaged = one.folder / "damaged.zip"
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(damaged, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, content.replace(b'"r0"', b'"r9"') if "accounts.Account" in name else content)
    said = two.ketang("restore", damaged, "--force", code=2)
    assert "accounts.Account" in said
    assert two.read()["phones"][0] == "13800000000"
    assert len(two.read()["phones"]) == 4


def test_a_file_that_is_no_backup_is_told_so(new_house):
    house = new_house("sqlite").build()
    (house.folder / "x.zip").write_text("no zip at all")
    assert "not a Ketang backup" in house.ketang("restore", house.folder / "x.zip", code=2)


def test_a_full_disk_is_refused_before_anything_is_written(new_house):
    house = new_house("sqlite").build()
    script = (
        "import shutil, sys; from collections import namedtuple; import ketang.config.cli as cli;"
        "shutil.disk_usage = lambda p: namedtuple('U', 'total used free')(1, 1, 1000);"
        "sys.argv = ['ketang', 'backup', {file!r}]; cli.main()"
    )
    done = house.python(
        "import subprocess, sys; r = subprocess.run([sys.executable, '-c', "
        + repr(script.format(file=str(house.folder / "b.zip")))
        + "], capture_output=True, text=True); print(r.returncode, r.stderr)"
    )
    assert done.startswith("3 ")
    assert "nothing was touched" in done
    assert not list(house.folder.glob("b.zip*"))


def test_a_disk_that_fills_up_meanwhile_leaves_no_half_backup(new_house):
    house = new_house("sqlite").build().seed(3)
    (house.folder / "files" / "big").write_bytes(b"x" * 3_000_000)
    script = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "from ketang.config.cli import start_django; start_django();"
        "from pathlib import Path; from ketang.config.backup.write import write_backup\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))\n"
        "try: write_backup(Path(sys.argv[1])); print('written')\n"
        "except OSError as error: print('refused', error)\n"
    )
    said = house.python(f"import sys; sys.argv = ['x', {str(house.folder / 'b.zip')!r}]\n" + script)
    assert "refused" in said
    assert not list(house.folder.glob("b.zip*"))


@pytest.mark.parametrize("kind", BOTH)
def test_a_backup_shows_one_instant_while_others_write(new_house, kind):
    """Each step writes an account and a department; a backup has as many of one as of the other."""
    house = new_house(kind).build()
    writer = """
import django; django.setup()
import sys, threading, time
from pathlib import Path
from django.db import transaction
from ketang.config.backup.write import write_backup
from ketang.core.accounts.models import Account, Department
from ketang.kernel.clock import now
stop = threading.Event()
def write():
    n = 0
    while not stop.is_set():
        with transaction.atomic():
            Department.objects.create(code=f"w{n}", name="写", kind="town", area="330604")
            Account.objects.create(username=f"w{n}", created_at=now())
        n += 1
        time.sleep(0.001)
thread = threading.Thread(target=write); thread.start()
time.sleep(0.5)
made = [write_backup(Path(sys.argv[1] + str(i))) for i in range(3)]
stop.set(); thread.join()
print([(m.tables["accounts.Account"]["rows"], m.tables["accounts.Department"]["rows"]) for m in made])
"""
    said = house.python(f"import sys; sys.argv = ['x', {str(house.folder / 'b.zip')!r}]\n" + writer)
    counts = json.loads(said.replace("(", "[").replace(")", "]"))
    assert all(accounts == departments > 0 for accounts, departments in counts), counts
    assert counts[0] < counts[-1], "nothing was written meanwhile"


@pytest.mark.slow
def test_memory_stays_flat_however_many_rows(new_house):
    house = new_house("sqlite").build()
    fill = """
import django; django.setup()
from ketang.core.accounts.models import Account
from ketang.kernel.clock import now
at = now()
for start in range(0, 100_000, 5000):
    Account.objects.bulk_create([Account(username=f"m{n}", name="名" * 20, created_at=at)
                                 for n in range(start, start + 5000)])
"""
    measure = """
import django; django.setup()
import resource, sys
from pathlib import Path
from ketang.config.backup.write import write_backup
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
write_backup(Path(sys.argv[1]))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
    measure = f"import sys; sys.argv = ['x', {str(house.folder / 'b.zip')!r}]\n" + measure
    small = int(house.python(measure))
    house.python(fill)
    large = int(house.python(measure))
    # KB; SQLite's own page cache may grow to its 64 MB.
    assert large - small < 80_000, (small, large)
