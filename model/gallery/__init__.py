"""The gallery: captions and recordings with their vectors, and which of them lie nearest to a vector.

A gallery is a folder: `gallery.json` (whose vectors, checksums), `entries.csv`, `vectors.safetensors` and the files
of its recordings under `audio/`. Recordings without a file are Foley recipes, rendered when asked for, or lie in the
container (HDF5) that a published gallery was imported from.
"""

from model.gallery.build import BuildReport, build_gallery
from model.gallery.entry import GalleryEntry, Kind
from model.gallery.gallery import Gallery
from model.gallery.published.import_hdf5 import import_gallery
from model.gallery.shelf import GalleryShelf
from model.gallery.source import Skip

__all__ = ["BuildReport", "Gallery", "GalleryEntry", "GalleryShelf", "Kind", "Skip", "build_gallery", "import_gallery"]
