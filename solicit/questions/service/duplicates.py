"""Duplicate suggestions: vectors, near pairs with their probability, and the verdicts of people."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import batched

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ml.language.duplicates import nearest_pairs, probability, shipped_calibration
from solicit.audit.service import record
from solicit.calls.models import Call
from solicit.calls.service import check_desk_is_open
from solicit.calls.states import Kind
from solicit.errors import Conflict, NotFound, Refused
from solicit.jobs.service import start_job
from solicit.questions.models import DuplicatePair, Question, QuestionVector
from solicit.questions.queries.pairs import neighbours
from solicit.questions.states import QuestionState, Verdict
from solicit.words import N_
