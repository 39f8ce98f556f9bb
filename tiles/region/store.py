"""RegionStore: a region on disk or in an object store, a Zarr v3 group that several writers fill block by block.

    vectors   (conditions, cells, dim) float16, unit length before rounding; a chunk a condition and block, uncompressed
    state     (cells,) uint8: 0 pending, 1 valid, 2 imagery failed, 3 no imagery; a chunk a block
    wanted    (rows, columns) uint8: which tiles of the rectangle are cells
    queries   (n, dim) float32: the background's queries, unit length
    background (4096,) float32, rising: quantiles of the cosines between those and the cells; once the build is done

Attributes hold the manifest and what failed. A block's vectors are written before its state, and every file
appears whole (tiles.files), so a kill at any moment leaves a block either pending or done; in a local folder each is on
the disk before the next is begun, so a power cut does so too. What a damaged file leaves is RegionUnreadable.
"""

import asyncio
import hashlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import urlsplit
from urllib.request import url2pathname

import fsspec
import numpy as np
import zarr
from filelock import FileLock, Timeout
from numpy.typing import NDArray
from zarr.core.buffer import Buffer
from zarr.storage import LocalStore

from tiles.errors import InvalidRegion, RegionMismatch, RegionUnreadable
from tiles.files import PARTIAL, write_whole
from tiles.grid import Grid
from tiles.region.manifest import Manifest

log = logging.getLogger(__name__)

ARRAYS = ("vectors", "state", "wanted", "queries", "background")
PENDING, VALID, FAILED, ABSENT = 0, 1, 2, 3
READY, FINISHED = "ready", "finished"
"""Attributes: that all arrays are there, and a hash of the states the build ended with."""

UNREADABLE = (OSError, ValueError, KeyError, TypeError, AttributeError, InvalidRegion)
"""What Zarr (whose own errors are ValueErrors) and the manifest raise for files that are cut, empty or foreign."""

States = NDArray[np.uint8]
Halves = NDArray[np.float16]


class RegionStore:
    """The arrays and attributes of one region; opened by `open` to read, by `create` to build."""

    def __init__(self, location: str, group: zarr.Group) -> None:
        self.location = location
        self._group = group
        with _telling(location, "is not a region"):
            self.manifest = Manifest.from_attributes(group.attrs)
            self._vectors, self._state = self._array("vectors"), self._array("state")
            if (self._vectors.shape, self._state.shape) != (_shape_of(self.manifest), (self.manifest.cells,)):
                raise ValueError("its arrays are of another size")
            self.grid = _grid_of(self.manifest, np.asarray(self._array("wanted")[:]) != 0)

    @classmethod
    def open(cls, path: str | Path, mode: Literal["r", "r+"] = "r") -> Self:
        """Open a region, half-built or done. Raises RegionUnreadable."""
        location = locate(path)
        _file_system(location)
        with _telling(location, "there is no region"):
            group = zarr.open_group(_files(location, mode != "r+"), mode=mode, zarr_format=3)
        if READY not in group.attrs:
            raise RegionUnreadable(f"{location}: is not a region, or one whose build has only begun")
        return cls(location, group)

    @classmethod
    def create(cls, path: str | Path, manifest: Manifest, grid: Grid, queries: NDArray[np.float32]) -> Self:
        """Begin a region, or go on with one begun from the same things.

        Raises RegionMismatch when it was begun from others, RegionUnreadable when something else lies there.
        """
        location = locate(path)
        begun = _begun(location)
        if begun is not None and READY in begun.attrs:
            store = cls(location, begun)
            if difference := store.manifest.difference(manifest):
                raise RegionMismatch(f"{location}: was begun with {difference}; build to another place or remove it")
            _sweep(location)
            return store
        group = zarr.create_group(_files(location), overwrite=True, attributes=manifest.to_attributes())
        _make(group, "vectors", _shape_of(manifest), (1, manifest.block, manifest.dim), "float16")
        _make(group, "state", (manifest.cells,), (manifest.block,), "uint8")
        _make(group, "wanted", grid.wanted.shape, grid.wanted.shape, "uint8")[:] = grid.wanted.astype(np.uint8)
        _make(group, "queries", queries.shape, queries.shape, "float32")[:] = queries
        group.attrs[READY] = True
        return cls(location, group)

    @property
    def blocks(self) -> int:
        """How many blocks the cells make."""
        return -(-self.manifest.cells // self.manifest.block)

    def span(self, block: int) -> tuple[int, int]:
        """First cell of a block, and the one after its last."""
        return block * self.manifest.block, min((block + 1) * self.manifest.block, self.manifest.cells)

    def state(self) -> States:
        """The state of every cell (cells,). Raises RegionUnreadable."""
        with _telling(self.location, "its states cannot be read"):
            state = np.asarray(self._state[:], np.uint8)
            if state.max(initial=PENDING) > ABSENT:
                raise ValueError(f"{state.max()} is none")
            return state

    def vectors(self, condition: int, start: int, stop: int, valid: NDArray[np.bool_]) -> Halves:
        """Vectors of cells `start` to `stop`: (n, dim) float16, zeros where none is stored.

        Raises RegionUnreadable, also where a block has none though some of its cells are `valid` (n,).
        """
        with _telling(self.location, f"cells {start} to {stop} cannot be read"):
            vectors = np.asarray(self._vectors[condition, start:stop], np.float16)
            cells = np.flatnonzero(valid)
            _, firsts = np.unique((start + cells) // self.manifest.block, return_index=True)
            if not vectors[cells[firsts]].any(axis=1).all():
                raise ValueError("their vectors are lost")
            return vectors

    def write_block(self, block: int, vectors: Halves, state: States) -> None:
        """Store a block's vectors (conditions, n, dim), then its states (n,)."""
        start, stop = self.span(block)
        for condition, part in enumerate(vectors):
            self._vectors[condition, start:stop] = part
        self._state[start:stop] = state

    def queries(self) -> NDArray[np.float32]:
        """The background's queries (n, dim), unit length. Raises RegionUnreadable."""
        with _telling(self.location, "its queries cannot be read"):
            queries = np.asarray(self._array("queries")[:], np.float32)
            if hash_of(queries) != self.manifest.queries:
                raise ValueError("they are not those it was begun with")
            return queries

    def background(self, state: States) -> NDArray[np.float32] | None:
        """The stored quantiles, rising, if they were measured on cells of this state; None while a build goes on.

        None too where they are damaged: the next build measures them again.
        """
        if self.attributes.get(FINISHED) != hash_of(state):
            return None
        try:
            quantiles = np.asarray(self._array("background")[:], np.float32)
        except UNREADABLE as error:
            log.warning("%s: its background cannot be read (%s)", self.location, error)
            return None
        if not (np.diff(quantiles) >= 0).all() or (len(quantiles) and not quantiles.any()):
            log.warning("%s: its background is damaged", self.location)
            return None
        return quantiles

    def finish(self, state: States, quantiles: NDArray[np.float32], **attributes: Any) -> None:
        """Store the quantiles of cells of this state, then put attributes beside the manifest.

        A store that was finished before is not so while its quantiles are written again.
        """
        if self.attributes.get(FINISHED):
            self.note(**{FINISHED: ""})
        chunk = (max(1, len(quantiles)),)
        _make(self._group, "background", quantiles.shape, chunk, "float32")[:] = quantiles
        self.note(**attributes, **{FINISHED: hash_of(state)})

    @property
    def attributes(self) -> dict[str, Any]:
        """What the store says about itself now. Raises RegionUnreadable."""
        with _telling(self.location, "there is no region any more"):
            return dict(zarr.open_group(self.location, mode="r").attrs)

    def note(self, **attributes: Any) -> None:
        """Put attributes beside the manifest."""
        self._group.update_attributes(attributes)

    def _array(self, name: str) -> Any:
        return self._group[name]  # Any: zarr types whatever is in a group as an array or another group


def locate(path: str | Path) -> str:
    """An absolute path, which a file's URL stands for too, or any other fsspec URL as it is."""
    text = str(path)
    if text.startswith("file://"):
        return url2pathname(urlsplit(text).path)
    return text if "://" in text else str(Path(path).expanduser().absolute())


@contextmanager
def only_builder(location: str) -> Iterator[None]:
    """Hold a local region's lock, a file beside it, while building. Raises RegionUnreadable when another build does."""
    if "://" in location:
        yield
        return
    lock = FileLock(f"{location}.lock", timeout=0)
    try:
        Path(location).parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout as error:
        raise RegionUnreadable(f"{location}: is being built by another process") from error
    except OSError as error:
        raise RegionUnreadable(f"{location}: cannot be written to ({error.strerror})") from error
    try:
        yield
        _sweep(location)  # a node that was killed meanwhile may have left some
    finally:
        lock.release()


def hash_of(*arrays: NDArray[Any]) -> str:
    """A short hash of arrays' shapes and bytes."""
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(f"{array.dtype}{array.shape}".encode())
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()[:16]


class _DurableFolder(LocalStore):
    """A Zarr store in a folder, whose files are whole and on the disk when a write returns."""

    async def set(self, key: str, value: Buffer) -> None:
        """Put a value at a key."""
        await asyncio.to_thread(self.set_sync, key, value)

    def set_sync(self, key: str, value: Buffer) -> None:
        """Put a value at a key."""
        self._check_writable()
        path = self.root / key
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, value.as_numpy_array().data, durable=True)


def _files(location: str, read_only: bool = False) -> str | LocalStore:
    """Where Zarr finds a region's files: its folder, or its URL."""
    return location if "://" in location else _DurableFolder(location, read_only=read_only)


@contextmanager
def _telling(location: str, what: str) -> Iterator[None]:
    """Tell whatever Zarr raises for files that are not what they should be, as RegionUnreadable in one line."""
    try:
        yield
    except UNREADABLE as error:
        raise RegionUnreadable(f"{location}: {what} ({' '.join(str(error).split())[:120]})") from error


def _make(group: zarr.Group, name: str, shape: tuple[int, ...], chunks: tuple[int, ...], dtype: str) -> Any:
    return group.create_array(
        name, shape=shape, chunks=chunks, dtype=dtype, compressors=None, fill_value=0, overwrite=True
    )


def _shape_of(manifest: Manifest) -> tuple[int, int, int]:
    return len(manifest.conditions), manifest.cells, manifest.dim


def _grid_of(manifest: Manifest, wanted: NDArray[np.bool_]) -> Grid:
    if wanted.shape != (manifest.rows, manifest.columns) or np.count_nonzero(wanted) != manifest.cells:
        raise ValueError("its cells do not fit its grid")
    return Grid(manifest.zoom, manifest.west, manifest.north, manifest.columns, manifest.rows, wanted)


def _file_system(location: str) -> tuple[Any, str]:
    """The file system of a location, and the path there. Raises RegionUnreadable where that takes more than is here."""
    try:
        files, root = fsspec.core.url_to_fs(location)
    except (ImportError, ValueError) as error:  # a package to install, or a protocol that nobody knows
        raise RegionUnreadable(f"{location}: cannot be reached ({error})") from error
    return files, root


def _begun(location: str) -> zarr.Group | None:
    """The group that is there already; None for an empty place. Raises RegionUnreadable for anything else."""
    files, root = _file_system(location)
    there = {Path(name).name for name in files.ls(root, detail=False)} if files.exists(root) else set()
    if not {name for name in there if not name.endswith(PARTIAL)} - set(ARRAYS):  # a kill left no more than these
        return None
    with _telling(location, "is not empty, and not a region"):
        group = zarr.open_group(_files(location), mode="r+", zarr_format=3)
        Manifest.from_attributes(group.attrs)
    return group


def _sweep(location: str) -> None:
    """Remove the temporary files that a killed build left."""
    if "://" not in location:
        for leftover in Path(location).rglob(f"*{PARTIAL}"):
            leftover.unlink(missing_ok=True)
