import numpy as np

from ml.language.clustering import cluster, medoid, weak_members
from ml.language.word_vectors import word_vectors

HOLES = ["黑洞内部有什么？", "黑洞会蒸发吗？", "黑洞如何合并？", "黑洞的温度是多少？"]
MARS = ["火星上有水吗？", "火星的河流去了哪里？", "火星上有生命吗？", "火星的水何时消失？"]


def test_texts_that_share_words_are_near():
    vectors = word_vectors([*HOLES, *MARS], ["zh"] * 8)

    labels = cluster(vectors, seed=1, n_neighbours=3)

    assert labels.tolist() == [0] * 4 + [1] * 4
    assert medoid(vectors, labels).shape == (2,) and not weak_members(vectors, labels[:8]).all()


def test_inflections_of_a_word_are_near():
    one, other, far = word_vectors(["Есть ли жизнь на Марсе?", "О жизни Марса", "Тёмная материя"], ["ru"] * 3).toarray()

    assert one @ other > 0.1 > one @ far


def test_rows_have_length_one_or_say_nothing():
    lengths = np.linalg.norm(word_vectors(["¿Qué es?", "El agua de Marte"], ["es", "es"]).toarray(), axis=1)

    np.testing.assert_allclose(lengths, [0, 1], atol=1e-6)
    assert word_vectors(["?", ""], ["es", "fr"]).nnz == 0
    assert word_vectors([], []).shape[0] == 0
