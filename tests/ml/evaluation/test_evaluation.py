"""The figures on labelled data: on the public sets where they are present, and the same in every run."""

import csv
import json

import pytest

from ml.evaluation.__main__ import main
from ml.evaluation.data import BESIDE_THE_CHECKOUT, Data, folded
from ml.evaluation.duplicates import top_pairs
from ml.evaluation.themes import THEMES, measure_themes, measure_translations
from ml.language.embedding import SentenceEncoder


@pytest.fixture(scope="module")
def data():
    if not BESIDE_THE_CHECKOUT.is_dir():
        pytest.skip("public test data ../shared/data is not beside the repository")
    return Data(BESIDE_THE_CHECKOUT, SentenceEncoder)


def test_absent_data_is_named_with_what_to_do(tmp_path, capsys):
    assert main(["--data", str(tmp_path / "nowhere")]) == 1

    said = capsys.readouterr().err
    assert "nowhere" in said
    assert "--data FOLDER" in said


def test_themes_are_found_as_often_in_every_run(data):
    once, again = list(measure_themes(data)), list(measure_themes(data))

    assert once == again
    assert [figure.what for figure in once] == ["accuracy, no example", "accuracy, 7 examples"]
    assert 0.55 < once[0].value < once[1].value < 1
    assert {row["theme_guess"] for row in data.rows("space_questions.csv")} == {"", *THEMES}


def test_bundled_model_is_not_asked_for_translations(data):
    (figure,) = measure_translations(data)

    assert figure.value is None
    assert figure.remark.startswith("not applicable")


def test_top_pairs_are_printed_with_the_most_probable_first(data):
    lines = list(top_pairs(data, n=5))

    chances = [float(line.split()[1]) for line in lines]
    assert chances == sorted(chances, reverse=True)
    assert "corona" in lines[1].lower()


def test_texts_are_folded_to_words():
    assert folded("Is there  ICE—on Mars?") == "is there ice on mars"


def write(path, rows):
    path.parent.mkdir(exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)


def test_command_prints_a_table_and_writes_the_same_as_json(tmp_path, capsys):
    """On a small set of our own making."""
    asked = [
        f"{start} {body}?" for body in ("Mars", "Venus", "Titan", "Io") for start in ("Is there life on", "How old is")
    ]
    asked += [f"{text[:-1]} today?" for text in asked]
    labelled = [
        dict(question1=one, question2=other, is_duplicate=str(int(one[:-1] in other)))
        for one in asked[:8] for other in asked[8:]
    ]  # fmt: skip
    write(tmp_path / "B_duplicates/space_reddit_handlabelled.csv", labelled)
    sides = [
        dict(lang="en", sentence1=each["question1"], sentence2=each["question2"], is_paraphrase=each["is_duplicate"])
        for each in labelled
    ]
    write(tmp_path / "B_duplicates/pawsx.csv", sides)
    exchanged = [
        dict(q1_url=each["question1"], q1_title=each["question1"], q1_body="Why?", q2_url=each["question2"],
             q2_title=each["question2"], q2_body="Why?", is_duplicate=each["is_duplicate"])
        for each in labelled
    ]  # fmt: skip
    write(tmp_path / "B_duplicates/stackexchange_english_duplicates.csv", exchanged)
    groups = [dict(text=text, label=text[:6], domain=text[-8:]) for text in asked]
    write(tmp_path / "C_clustering/banking77.csv", groups)
    write(tmp_path / "C_clustering/clinc150.csv", groups)
    themes = [dict(question=text, background="", theme_guess=list(THEMES)[at % 4]) for at, text in enumerate(asked * 2)]
    write(tmp_path / "space_questions.csv", themes)

    assert main(["--data", str(tmp_path), "--json", str(tmp_path / "figures.json")]) == 0

    printed = capsys.readouterr().out.splitlines()
    told = json.loads((tmp_path / "figures.json").read_text())
    assert told["model"] == "all-MiniLM-L6-v2"
    assert len(told["figures"]) == len(printed) - 1
    assert {figure["part"] for figure in told["figures"]} == {"duplicates", "topics", "themes", "translations"}
    assert printed[-1].split()[:3] == ["translations", "Tatoeba", "found"]
