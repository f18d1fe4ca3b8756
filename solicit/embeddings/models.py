"""Vectors of texts, one per digest of the text and model: unchanged text is never embedded twice."""

import sqlalchemy as sa
from pgvector.sqlalchemy import HALFVEC
from sqlalchemy.orm import Mapped, mapped_column

from solicit.db import IMPERSONAL, Base


class EmbeddingModel(Base):
    """A language model that vectors were made with; the width follows the model."""

    __tablename__ = "embedding_model"
    __table_args__ = {"info": IMPERSONAL}

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    width: Mapped[int]


class TextVector(Base):
    """The vector of one normalised text."""

    __tablename__ = "text_vector"
    __table_args__ = {"info": IMPERSONAL}

    digest: Mapped[bytes] = mapped_column(primary_key=True)
    model_id: Mapped[int] = mapped_column(sa.ForeignKey("embedding_model.id"), primary_key=True)
    vector: Mapped[object] = mapped_column(HALFVEC())
