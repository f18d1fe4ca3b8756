import numpy as np
import pytest

from ml.language.themes import ThemeModel, fit_themes, predict_themes, suggest_themes

DESCRIPTIONS = {
    "Nature of the Universe": "How the universe began, what it is made of and how it works: dark matter, "
    "dark energy, black holes, galaxies, stars, gravity, light and time.",
    "Signatures of Extra-terrestrial Life": "Where life could exist beyond Earth and how we would recognise "
    "it: biosignatures, habitable planets and moons, origin of life, intelligent life.",
    "Unexplored Space": "Planets, moons, asteroids, comets and exoplanets that we have not explored: their "
    "surfaces, interiors, atmospheres and orbits.",
    "Extra-terrestrial Station": "Living and working in space: space stations, bases on the Moon and Mars, "
    "astronauts, spacecraft, health and technology.",
}
NO_THEMES = np.empty(0, dtype=np.int64)


@pytest.fixture(scope="module")
def descriptions(onnx_encoder):
    return onnx_encoder.encode([f"{name}. {text}" for name, text in DESCRIPTIONS.items()])


def suggest(vectors, descriptions, **options):
    options = {"examples": vectors[:0], "example_themes": NO_THEMES} | options
    return suggest_themes(vectors, descriptions=descriptions, **options)


def test_clear_questions_find_their_theme_without_examples(onnx_encoder, descriptions):
    questions = onnx_encoder.encode(
        [
            "What is dark matter made of?",
            "Which biosignatures would show life on a habitable planet?",
            "What lies beneath the surface of the moons of Uranus?",
            "How can astronauts stay healthy on a base on the Moon?",
        ]
    )

    suggestions = suggest(questions, descriptions)

    assert suggestions.theme.tolist() == [0, 1, 2, 3]
    np.testing.assert_allclose(suggestions.probability.sum(axis=1), 1)


def test_an_unclear_question_gets_no_suggestion(onnx_encoder, descriptions):
    suggestions = suggest(onnx_encoder.encode(["How do vaccines work?"]), descriptions)

    assert suggestions.theme.tolist() == [-1]


def test_examples_teach_what_a_description_does_not_say(onnx_encoder, descriptions):
    question = onnx_encoder.encode(["How do we feed a crew for three years?"])
    filed = onnx_encoder.encode(["How do we grow food for a crew?", "What will a crew eat?", "Crew meals"])

    before = suggest(question, descriptions).probability[0, 2]
    after = suggest(question, descriptions, examples=filed, example_themes=np.array([2, 2, 2]))

    assert after.probability[0, 2] > before
    assert after.theme.tolist() == [2]


def test_a_wider_margin_suggests_less(space_vectors, descriptions):
    made = [(suggest(space_vectors, descriptions, margin=each).theme >= 0).mean() for each in (0, 0.1, 0.4)]

    assert made[0] == 1
    assert made[0] > made[1] > made[2]


def test_suggestions_on_real_questions_are_mostly_right(shared_rows, space_vectors, descriptions):
    guesses = [row["theme_guess"] for row in shared_rows("space_questions.csv")]
    truth = np.array([list(DESCRIPTIONS).index(guess) if guess else -1 for guess in guesses])
    known = truth >= 0

    theme = suggest(space_vectors[known], descriptions).theme
    made = theme >= 0

    assert made.mean() > 0.3
    assert np.mean(theme[made] == truth[known][made]) > 0.7


@pytest.mark.parametrize(("n_themes", "theme"), [(0, -1), (1, 0)])
def test_calls_with_hardly_any_theme(space_vectors, descriptions, n_themes, theme):
    suggestions = suggest(space_vectors[:3], descriptions[:n_themes])

    assert suggestions.theme.tolist() == [theme] * 3
    assert suggestions.probability.shape == (3, n_themes)


def test_no_question_is_legal(descriptions):
    assert suggest(descriptions[:0], descriptions).probability.shape == (0, 4)


def test_examples_of_unknown_themes_are_refused(descriptions):
    with pytest.raises(ValueError, match="0 to 3"):
        suggest(descriptions, descriptions, examples=descriptions[:1], example_themes=np.array([4]))
    with pytest.raises(ValueError, match="same length"):
        suggest(descriptions, descriptions, examples=descriptions[:1])


def test_a_kept_model_predicts_the_same(space_vectors, descriptions):
    model = fit_themes(descriptions, examples=space_vectors[:40], example_themes=np.arange(40) % 4)

    again = ThemeModel.from_bytes(*model.to_bytes())

    left, right = predict_themes(model, space_vectors), predict_themes(again, space_vectors)
    assert np.array_equal(left.probability, right.probability)
    assert np.array_equal(left.theme, right.theme)
    assert model.coefficients.dtype == np.float32 and model.coefficients.shape == (4, 384)


def test_two_themes_are_told_apart(descriptions):
    model = fit_themes(descriptions[:2], examples=descriptions[:0], example_themes=NO_THEMES)

    suggestions = predict_themes(model, descriptions[:2])

    assert suggestions.theme.tolist() == [0, 1]
    np.testing.assert_allclose(suggestions.probability.sum(axis=1), 1)
