"""The benchmark reads the public sets in the form in which they are published."""

import gzip
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from benchmarks.measures import extraction, footprint, grounding, splitting
from benchmarks.measures.figures import Measured, auc, best_threshold, counted

PAGE = ["Media Play News", "It is the voice of the industry.", "The office opened in 1991."]


def figures(measured: Iterable[Measured]) -> dict[str, str]:
    return {f"{each.measure} | {each.data}": each.figure for each in measured}


def lines(path: Path, rows: Iterable[Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")


def claim(text: str, label: str) -> dict[str, Any]:
    return {"claim": text, "label": label, "evidence": PAGE, "meta": {}}


def test_wice(tmp_path: Path) -> None:
    rows = [
        claim("Media Play News is the voice of the industry.", "supported"),
        claim("The office of Media Play News opened in 1995.", "partially_supported"),
        claim("Sheep graze on green hills.", "not_supported"),
    ]
    for part in ("dev", "test"):
        lines(tmp_path / "data" / "entailment_retrieval" / "claim" / f"{part}.jsonl", rows)
    tokens = ["Grammy", "-", "winning", "office", "opened", "in", "1991", "."]
    words = {
        "claim": "Grammy-winning office opened in 1991.",
        "claim_tokens": tokens,
        "non_supported_spans": [True, True, True, *[False] * 5],
        "label": "partially_supported",
        "evidence": PAGE,
    }
    lines(tmp_path / "data" / "non_supported_tokens" / "test.jsonl", [words])
    found = figures(grounding.measure(tmp_path))
    assert found["Grounding: not supported | WiCE test, as shipped"].startswith("AUC 1.000")
    assert "F1 1.000" in found["Grounding: supported | WiCE test, fitted on its dev"]
    assert found["Grounding: marked words | WiCE non-supported tokens, test"].startswith("F1 1.0")


def test_talbanken(tmp_path: Path) -> None:
    text = "# sent_id = 1\n# text = Det är sant.\n1\tDet\n\n# text = Ja!\n1\tJa\n"
    (tmp_path / "sv_talbanken-ud-test.conllu").write_text(text, encoding="utf-8")
    found = figures(splitting.splitting(tmp_path))
    assert found["Sentence split F1: sv | UD Talbanken test"].startswith("1.000")
    assert found["LIX of Talbanken | UD Talbanken test"] == "2.0"


def test_lix_in_both_forms_of_its_table(tmp_path: Path) -> None:
    folder = tmp_path / "Sweden Royal Christmas speeches"
    folder.mkdir()
    (folder / "1999.txt").write_text("Ett två tre. Fyra fem.", encoding="utf-8")
    (folder / "2000.txt").write_text("Ett två tre. Fyra fem.", encoding="utf-8")
    key = f"LIX error: {folder.name} | Straubinger/lix"
    table = tmp_path / "lix.csv"
    table.write_text("year,xmas_royal_se\n1999,3\n2000,\n", encoding="utf-8")
    assert figures(splitting.lix_error(tmp_path)) == {key: "0.50"}
    rows = "country,series,year,lix\nse,xmas_royal,1999,2.5\nse,xmas_royal,2000,1\n"
    table.write_text(f"{rows}se,xmas_royal,2000,2\n", encoding="utf-8")
    assert figures(splitting.lix_error(tmp_path)) == {key: "0.00"}


def test_extraction(tmp_path: Path) -> None:
    body = " ".join(f"Det här är mening nummer {each} i texten." for each in range(12))
    html = f"<html><body><nav>Meny</nav><article><p>{body}</p></article></body></html>"
    (tmp_path / "html").mkdir()
    (tmp_path / "html" / "a.html.gz").write_bytes(gzip.compress(html.encode()))
    truth = json.dumps({"a": {"articleBody": body}})
    (tmp_path / "ground-truth.json").write_text(truth, encoding="utf-8")
    found = figures(extraction.measure(tmp_path))
    assert found == {"Extraction F1 | scrapinghub benchmark": "1.000 (P 1.000, R 1.000)"}


def test_lingua(tmp_path: Path) -> None:
    folder = tmp_path / "language-testdata" / "sentences"
    folder.mkdir(parents=True)
    for language, _, _ in splitting.LINGUA:
        text = "Räkningen blev högre än vi hade tänkt oss när vi flyttade in i huset i våras."
        (folder / f"{language}.txt").write_text(text, encoding="utf-8")
    found = figures(splitting.languages(tmp_path))
    assert found["Language: sv | lingua-py sentences"] == "1.000; of those long enough 1 of 1"
    assert found["Language: fi | lingua-py sentences"] == "0.000; of those long enough 0 of 1"


def test_fresh_wiki(tmp_path: Path) -> None:
    folder = tmp_path / "FreshWiki" / "json"
    for name in ("a", "b", "short"):
        count = 5 if name == "short" else 70
        said = [
            {
                "sentence": "[N 1]"
                + " ".join(f"{name}{'xyz'[p % 3] * p}q{'i' * n}" for p in range(7))
            }
            for n in range(count)
        ]
        section = {"section_title": "S", "section_content": said[:40], "subsections": []}
        under = {"section_title": "T", "section_content": said[40:], "subsections": []}
        content = [{**section, "subsections": [under]}]
        lines(folder / f"{name}.json", [{"title": name, "content": content}])
    measured = list(footprint.measure(tmp_path, batch=3))
    found = figures(measured)
    assert found["Footprint: sharing 6 of 60 found | FreshWiki"] == "1.00"
    assert found["Footprint: false alarms | FreshWiki"].startswith("0;")
    assert {each.size for each in measured[:5]} == {"2 pairs"}


def test_counting() -> None:
    counts = counted([True, True, False, False], [True, False, True, False])
    assert (counts.precision, counts.recall, counts.f1) == (0.5, 0.5, 0.5)
    assert counted([False], [False]).f1 == 0.0
    assert auc([0.9, 0.5, 0.5, 0.1], [True, True, False, False]) == 0.875
    assert best_threshold([0.1, 0.4, 0.6, 0.9], [False, False, True, True]) == 0.5
