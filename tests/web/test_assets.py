import gzip
import hashlib
import re
from pathlib import Path

from bacowr.web import assets
from tests.web.conftest import Browser

ADDRESS = re.compile(r'(?:href|src)="(/static/[^"#]+)')
VENDORED = re.compile(r"^\| `([^`]+)` \|.*`([0-9a-f]{64})` \|$", re.MULTILINE)


def test_every_file_that_a_page_names_is_there_and_kept_for_good(browser: Browser) -> None:
    found = set(ADDRESS.findall(browser.get("/account").text))
    assert len(found) >= 8
    for address in found:
        answer = browser.get(address)
        assert answer.status_code == 200, address
        assert "immutable" in answer.headers["Cache-Control"]


def test_pages_are_not_kept(browser: Browser, stranger: Browser) -> None:
    for page in (browser.get("/jobs"), stranger.get("/sign-in")):
        assert page.headers["Cache-Control"] == "private, no-store"


def test_texts_are_sent_compressed_to_those_who_can_read_it(stranger: Browser) -> None:
    plain = stranger.get("/static/app.css")
    packed = stranger.get("/static/app.css", headers={"Accept-Encoding": "gzip, br"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert gzip.decompress(packed.data) == plain.data
    assert packed.headers["ETag"] != plain.headers["ETag"]
    assert "Accept-Encoding" in packed.headers["Vary"]


def test_a_file_that_has_not_changed_is_not_sent_again(stranger: Browser) -> None:
    first = stranger.get("/static/app.js")
    assert first.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    again = stranger.get("/static/app.js", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.data == b""


def test_nothing_outside_the_folder_is_sent(stranger: Browser) -> None:
    for path in ("../__init__.py", "..%2f__init__.py", "%2e%2e/jobs.py", "nothing.css", "vendor"):
        assert stranger.get(f"/static/{path}").status_code == 404


def test_a_file_of_no_known_kind_is_bytes(stranger: Browser) -> None:
    answer = stranger.get("/static/vendor/htmx-4.0.1/LICENSE")
    assert answer.mimetype == "application/octet-stream"


def test_vendored_files_are_those_that_their_list_names() -> None:
    folder = assets.FOLDER / "vendor"
    listed = dict(VENDORED.findall((folder / "README.md").read_text("utf-8")))
    there = {
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and path.name not in {"README.md", "LICENSE"}
    }
    assert listed.keys() == there
    for name, digest in listed.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
        assert (folder / Path(name).parent / "LICENSE").is_file()


def test_no_template_needs_an_inline_script_or_style() -> None:
    inline = re.compile(
        r"<style|<script(?![^>]*src=)|\sstyle=|\son\w+=|(?:src|href|action)=.https?:"
    )
    for path in (assets.FOLDER.parent / "templates").rglob("*.html"):
        assert not inline.search(path.read_text("utf-8")), path.name


def test_every_icon_that_a_template_names_is_in_the_sprite() -> None:
    sprite = (assets.FOLDER / "vendor/tabler-icons-3.51.0/sprite.svg").read_text("utf-8")
    there = set(re.findall(r'id="([\w-]+)"', sprite))
    named = set()
    for path in (assets.FOLDER.parent / "templates").rglob("*.html"):
        named |= set(re.findall(r'icon\("([\w-]+)"', path.read_text("utf-8")))
    assert named
    assert named <= there
