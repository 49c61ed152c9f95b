"""Rasa's door to the understanding: one trainable component of the pipeline. The only file here that knows Rasa."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timezone
from typing import Any, Optional
from zoneinfo import ZoneInfo

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from understanding.classifier import IntentClassifier
from understanding.pipeline import Reading, Understanding

FALLBACK = "nlu_fallback"
_FOLDER = "understanding"


@DefaultV1Recipe.register(
    [DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR], is_trainable=True
)
class ClinicUnderstanding(GraphComponent):
    """Intent, entities; beside them in the parse route, reason, language, when, parts, best_intent, unsure_urgent."""

    def __init__(
        self,
        config: dict[str, Any],
        storage: ModelStorage,
        resource: Resource,
        understanding: Optional[Understanding] = None,
    ) -> None:
        self._storage, self._resource = storage, resource
        self._understanding = understanding
        self._zone = ZoneInfo(config["timezone"])

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`timezone` decides what "tomorrow" means until a clinic's own zone is known."""
        return {"timezone": "Asia/Riyadh"}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ClinicUnderstanding:
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> ClinicUnderstanding:
        with model_storage.read_from(resource) as folder:
            classifier = IntentClassifier.load(folder / _FOLDER)
        return cls(config, model_storage, resource, Understanding(classifier))

    def train(self, training_data: TrainingData) -> Resource:
        examples = [
            (message.get(TEXT), message.get(INTENT))
            for message in training_data.intent_examples
            if message.get(TEXT) and message.get(INTENT)
        ]
        classifier = IntentClassifier()
        classifier.fit([text for text, _ in examples], [intent for _, intent in examples])
        self._understanding = Understanding(classifier)
        with self._storage.write_to(self._resource) as folder:
            classifier.save(folder / _FOLDER)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Nothing behind this component learns from features."""
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            text = message.get(TEXT)
            if text is not None and self._understanding is not None:
                _write(message, self._understanding.read(text, self.now()))
        return messages

    def now(self) -> datetime:
        return datetime.now(timezone.utc).astimezone(self._zone)


def _write(message: Message, reading: Reading) -> None:
    name = reading.intent if reading.sure else FALLBACK
    message.set(INTENT, {"name": name, "confidence": reading.confidence}, add_to_output=True)
    ranking = [{"name": one.intent, "confidence": one.confidence} for one in reading.ranking]
    message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
    entities = [
        {
            "entity": one.entity,
            "value": one.value,
            "start": one.start,
            "end": one.end,
            "extractor": "ClinicUnderstanding",
        }
        for one in reading.entities
    ]
    message.set(ENTITIES, entities, add_to_output=True)
    extra = {
        "route": reading.route,
        "reason": reading.reason,
        "language": reading.language,
        "when": {"date": reading.when.date, "time": reading.when.time},
        "parts": [asdict(part) for part in reading.parts],
        "best_intent": reading.intent,
        "unsure_urgent": reading.unsure_urgent,
    }
    for key, value in extra.items():
        message.set(key, value, add_to_output=True)
