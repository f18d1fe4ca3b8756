"""Names of people folded by the database as ``solicit.web.folding`` folds what is looked for."""

import sqlalchemy as sa

from solicit.web.folding import DIACRITICS, SAME_LETTERS, search_words

FROM, TO = "".join(map(chr, SAME_LETTERS)), "".join(SAME_LETTERS.values())


def is_named(column: sa.ColumnElement[str], words: str) -> sa.ColumnElement[bool]:
    """Whether a name has all these words, or their beginnings, with or without their accents."""
    bare = sa.func.regexp_replace(sa.func.normalize(column, sa.text("NFKD")), DIACRITICS.pattern, "", "g")
    folded = sa.func.translate(sa.func.lower(bare), FROM, TO)
    return sa.and_(sa.true(), *(folded.contains(word, autoescape=True) for word in search_words(words)))
