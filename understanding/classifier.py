"""Which intent: words and parts of words, a linear model. Pure; knows nothing of Rasa.

A message is seen in two readings, as it is folded and with its Arabizi in Arabic letters, so that "a7gez" and "احجز"
share their features.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Sequence

import numpy as np
import scipy.sparse as sp
import skops.io
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from understanding.arabizi import to_arabic
from understanding.folding import fold

# Tried on a fifth of the examples held out: longer parts and a full convergence double the time for 0.3 points.
REGULARISATION = 20.0
ROUNDS = 60
TRUSTED = ["numpy.dtype", "scipy.sparse._csr.csr_matrix", "numpy.float64", "builtins.type"]


@dataclass(frozen=True)
class Ranked:
    intent: str
    confidence: float


def readings(text: str) -> str:
    """What the features are made of: the folded text, and its Arabic reading where that differs."""
    folded = fold(text)
    arabic = to_arabic(folded)
    return folded if arabic == folded else f"{folded} | {arabic}"


class IntentClassifier:
    """`fit` before `rank`, or `load`."""

    def __init__(self) -> None:
        self._words = TfidfVectorizer(
            analyzer="word", ngram_range=(1, 2), token_pattern=r"(?u)[^\s|.,!?;:]+", sublinear_tf=True, min_df=1
        )
        self._characters = TfidfVectorizer(
            analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True, min_df=2, max_features=40_000
        )
        self._model = LogisticRegression(
            C=REGULARISATION, max_iter=ROUNDS, tol=1e-2, solver="lbfgs", class_weight="balanced"
        )

    @property
    def intents(self) -> list[str]:
        return [str(name) for name in self._model.classes_]

    def fit(self, texts: Sequence[str], intents: Sequence[str]) -> None:
        """Raises ValueError when there are fewer than two intents to tell apart."""
        if len(set(intents)) < 2:
            raise ValueError("a classifier needs examples of at least two intents")
        read = [readings(text) for text in texts]
        features = sp.hstack([self._words.fit_transform(read), self._characters.fit_transform(read)]).tocsr()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # stopping early is meant
            self._model.fit(features.astype(np.float32), list(intents))

    def rank(self, text: str, most: int = 10) -> list[Ranked]:
        return self.rank_all([text], most)[0]

    def rank_all(self, texts: Sequence[str], most: int = 10) -> list[list[Ranked]]:
        """Best first; confidences are probabilities that sum to one over all intents."""
        read = [readings(text) for text in texts]
        features = sp.hstack([self._words.transform(read), self._characters.transform(read)]).tocsr()
        ranked = []
        for row in self._model.predict_proba(features):
            best = np.argsort(row)[::-1][:most]
            ranked.append([Ranked(self.intents[index], float(row[index])) for index in best])
        return ranked

    def save(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("words", "characters", "model"):
            skops.io.dump(getattr(self, f"_{name}"), folder / f"{name}.skops")

    @classmethod
    def load(cls, folder: Path) -> IntentClassifier:
        """Raises FileNotFoundError, and skops' UntrustedTypesFoundException for a file that is not of our making."""
        loaded = cls()
        for name in ("words", "characters", "model"):
            path = folder / f"{name}.skops"
            setattr(loaded, f"_{name}", skops.io.load(path, trusted=TRUSTED))
        return loaded
