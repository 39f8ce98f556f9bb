"""`earshot gallery build`: a folder of captions and recordings as a gallery."""

from model.gallery import build_gallery
from model.sat2sound import open_checkpoint
from model.scenes.captions import read_captions
from server.commands.options.gallery import BuildGallery
from server.commands.output.gallery_report import tell
from server.commands.progress import progress_bars
from server.settings import load_settings


def run(options: BuildGallery) -> None:
    """Embed the folder, and tell what became of it."""
    model = open_checkpoint(load_settings(checkpoint=options.checkpoint).checkpoint)
    with progress_bars() as bars:
        report = build_gallery(
            options.folder,
            options.out,
            model,
            captions=read_captions() if options.scene_captions else (),
            fallback=read_captions() if options.scene_captions is None else (),
            licence=options.licence,
            progress=bars.counter("embedding"),
        )
    tell(report, options.as_json)
