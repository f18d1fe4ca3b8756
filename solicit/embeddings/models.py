"""Vectors of texts, one per digest of the text and model: unchanged text is never embedded twice."""

from datetime import datetime

import sqlalchemy as sa
from pgvector.sqlalchemy import HALFVEC
from sqlalchemy.orm import Mapped, mapped_column

from ml.language.embedding import BUNDLED_NAME, BUNDLED_READS
from solicit.db import IMPERSONAL, Base


class EmbeddingModel(Base):
    """A language model that vectors were made with; the width follows the model."""

    __tablename__ = "embedding_model"
    __table_args__ = {"info": IMPERSONAL}

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    width: Mapped[int]
    # What SOLICIT_MODEL_LANGUAGES says of it; nothing where it says nothing.
    languages: Mapped[list[str] | None] = mapped_column(sa.ARRAY(sa.Text))
    # When the search index of its vectors was built, and why it could not be, in words.
    indexed_at: Mapped[datetime | None]
    index_problem: Mapped[str] = mapped_column(default="")

    @property
    def reads(self) -> tuple[str, ...]:
        """The languages that it knows; none means every one."""
        return tuple(self.languages or (BUNDLED_READS if self.name == BUNDLED_NAME else ()))


class TextVector(Base):
    """The vector of one normalised text."""

    __tablename__ = "text_vector"
    __table_args__ = {"info": IMPERSONAL}

    digest: Mapped[bytes] = mapped_column(primary_key=True)
    model_id: Mapped[int] = mapped_column(sa.ForeignKey("embedding_model.id"), primary_key=True)
    vector: Mapped[object] = mapped_column(HALFVEC())
