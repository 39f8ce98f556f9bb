"""What this server can do, and with what: for /capabilities and `earshot info`."""

import dataclasses

from model.synthesis.captioner import LICENCE, PROMPT
from server.about.schemas import (
    Capabilities,
    CaptionerCapability,
    CheckpointCapability,
    Colormaps,
    EngineCapability,
    GalleryCapability,
    GalleryPart,
    ImageryCapability,
    Limits,
)
from server.earshot import Earshot
from server.http.parameters import MAX_K, MAX_SECONDS
from server.search.queries import MAX_PLACES, MAX_QUERY
from server.search.uploads import MAX_SECONDS as MAX_UPLOAD_SECONDS
from server.settings import installed_version
from server.sound.cache import LOUDNESS, MEDIA_TYPES
from server.sound.engines import EngineCard, Engines
from server.soundscape.captioner import CAPTIONER, NEEDS
from tiles.scores.ramp import DIVERGING, SEQUENTIAL


def capabilities_of(earshot: Earshot) -> Capabilities:
    """Everything a client may want to know before it asks."""
    config = earshot.model.config
    return Capabilities(
        version=installed_version(),
        checkpoint=CheckpointCapability(
            name=config.name,
            hash=earshot.model.checkpoint_hash,
            precision=earshot.model.precision,
            config=dataclasses.asdict(config),
        ),
        engines=[_engine(earshot.engines, card) for card in earshot.engines.cards.values()],
        captioner=CaptionerCapability(
            name=CAPTIONER, available=earshot.captions.available, needs=NEEDS, licence=LICENCE, prompt=PROMPT
        ),
        imagery=[_imagery(earshot, name) for name in earshot.imagery.offered],
        default_imagery=earshot.imagery.default,
        scales=list(config.scales),
        gallery=GalleryCapability(
            captions=earshot.gallery.count("caption"),
            recordings=earshot.gallery.count("recording"),
            licences=earshot.gallery.licences(),
            scales=list(earshot.gallery.scales),
            parts=[
                GalleryPart(name=name, captions=gallery.count("caption"), recordings=gallery.count("recording"))
                for name, gallery in earshot.gallery.galleries.items()
            ],
        ),
        regions=earshot.regions.names(),
        colormaps=Colormaps(sequential=list(SEQUENTIAL), diverging=list(DIVERGING)),
        limits=Limits(
            max_k=MAX_K,
            max_seconds=MAX_SECONDS,
            max_pixels=earshot.settings.max_chip_pixels,
            max_body_bytes=earshot.settings.max_body_bytes,
            max_query=MAX_QUERY,
            max_places=MAX_PLACES,
            max_upload_bytes=earshot.settings.max_upload_bytes,
            max_upload_seconds=MAX_UPLOAD_SECONDS,
        ),
    )


def _imagery(earshot: Earshot, name: str) -> ImageryCapability:
    entry = earshot.imagery.offered[name]
    source = entry.source
    return ImageryCapability(
        name=source.name,
        attribution=source.attribution,
        gsd=source.gsd,
        min_zoom=source.min_zoom,
        max_zoom=source.max_zoom,
        bounds=entry.bounds,
        online=entry.online,
        reachable=earshot.imagery.reachable(source.name),
        tiles=earshot.url(f"/imagery/{source.name}/{{z}}/{{x}}/{{y}}"),
    )


def _engine(engines: Engines, card: EngineCard) -> EngineCapability:
    seconds = engines.seconds_per_10s(card.name)
    return EngineCapability(
        name=card.name,
        default=card.name == engines.default,
        available=engines.available(card.name),
        needs=card.needs,
        licence=card.licence,
        notice=card.notice,
        steps=card.steps,
        guidance=card.guidance,
        checkpoint=engines.checkpoint(card.name),
        device=engines.device(card.name),
        seconds_per_10s=None if seconds is None else round(seconds, 2),
        knows_time=card.knows_time,
        formats=list(MEDIA_TYPES.values()),
        loudness=LOUDNESS,
        max_seconds=card.max_seconds,
    )
