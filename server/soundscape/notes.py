"""What the reader of an answer about a place should know about it, in plain words."""

from model.sat2sound import ModelConfig
from server.http.parameters import PointQuery
from server.sound.orders import SoundOrder
from tiles.chip import Chip


def notes_on(config: ModelConfig, query: PointQuery, chip: Chip, order: SoundOrder) -> list[str]:
    """A sentence for each thing asked that has no bearing on the answer, or that makes it less sure."""
    low, high = config.gsd_range
    told = [*chip.notes, *([] if config.uses_metadata else _time_unheard(config, query, order))]
    if not low <= chip.gsd <= high:
        told.append(
            f"{chip.gsd:g} m per pixel lies outside {low:g} to {high:g} m, which checkpoint {config.name} was "
            "trained for: take this answer with care."
        )
    return told


def _time_unheard(config: ModelConfig, query: PointQuery, order: SoundOrder) -> list[str]:
    asked = [field for field in ("month", "hour") if getattr(query, field) is not None]
    if not asked:
        return []
    subject = f"The {' and the '.join(asked)} change{'s' if len(asked) == 1 else ''}"
    them = "it" if len(asked) == 1 else "them"
    if order.options().keys().isdisjoint(asked):
        return [f"{subject} nothing here: neither checkpoint {config.name} nor the engine {order.engine} knows {them}."]
    return [
        f"{subject} only the sound made for this place. Captions, recordings and scores come from checkpoint "
        f"{config.name}, which was trained without {them}."
    ]
