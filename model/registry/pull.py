"""Pull: terms first, then room on the disk, then the files, and what was fetched into the lock."""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from model.errors import LicenceNotAccepted, PullError
from model.registry.catalogue import CHECKPOINTS, PublishedModel, find
from model.registry.hub import SHA256_LENGTH, Hub, RemoteFile, Snapshot
from model.registry.lock import (
    LOCAL,
    Damage,
    LockedFile,
    LockedModel,
    locked,
    models_folder,
    sha256_of,
    update,
    verify,
)

MARGIN = 64 << 20
"""Bytes left free on every disk."""

Accept = Callable[[PublishedModel], bool]


class Watch(Protocol):
    """Told how far a pull is."""

    def begin(self, model: PublishedModel, snapshot: Snapshot, missing: int) -> None:
        """A model's files are about to be fetched; `missing` bytes of them are not here yet."""
        ...

    def advance(self, count: int) -> None:
        """So many bytes more arrived; negative where a server began anew."""
        ...

    def damaged(self, damage: Damage) -> None:
        """A file's bytes are not those that were fetched; it is fetched again."""
        ...


@dataclass(frozen=True)
class Pulled:
    """One model after a pull; `fetched` bytes came over the network just now."""

    model: PublishedModel
    entry: LockedModel
    fetched: int


@dataclass(frozen=True)
class _Plan:
    model: PublishedModel
    snapshot: Snapshot
    missing: int


def with_needs(names: Iterable[str]) -> list[PublishedModel]:
    """The models of these names and of those they need, each once, what is needed first.

    Raises:
        UnknownModel: naming the known ones.
    """
    found: dict[str, PublishedModel] = {}
    for name in names:
        model = find(name)
        for needed in (*model.needs, name):
            found.setdefault(needed, find(needed))
    return list(found.values())


def pull(
    names: Iterable[str],
    data_dir: Path | None = None,
    *,
    accept: Accept,
    watch: Watch,
    hub: Hub | None = None,
    latest: bool = False,
    check: bool = False,
) -> list[Pulled]:
    """Fetch models, each at the revision the lock pins, or with `latest` at the newest; what is here is kept.

    `accept` is asked about terms that were not accepted before. `check` reads every byte of what is here and fetches
    again what is damaged.

    Raises:
        UnknownModel: a name the catalogue lacks.
        LicenceNotAccepted: `accept` said no; nothing was fetched.
        PullError: network, hub, disk, or bytes that are not the published ones.
    """
    models, hub = with_needs(names), hub or Hub()
    for model in models:
        _settle_terms(model, data_dir, accept)
    done: list[Pulled] = []
    plans: list[_Plan] = []
    for model in models:
        entry = locked(model.name, data_dir)
        damage = verify(model.name, data_dir, on_bytes=None) if check and entry else []
        for each in damage:
            watch.damaged(each)
        if entry and not latest and not damage and entry.wrong() is None:
            done.append(Pulled(model, entry, 0))
            continue
        pinned = entry.revision if entry and not latest and entry.revision != LOCAL else None
        plans.append(_plan(model, hub, pinned, damage))
    _check_room(plans, hub, data_dir)
    done += [_fetch(plan, hub, data_dir, watch) for plan in plans]
    return done


def _settle_terms(model: PublishedModel, data_dir: Path | None, accept: Accept) -> None:
    entry = locked(model.name, data_dir)
    accepted_before = entry is not None and entry.accepted and entry.licence == model.licence.name
    if model.licence.must_accept and not accepted_before and not accept(model):
        raise LicenceNotAccepted(
            f"{model.name}: its terms were not accepted ({model.licence.name}: {model.licence.url}); "
            "read them, then add --accept-licence"
        )


def _plan(model: PublishedModel, hub: Hub, revision: str | None, damage: list[Damage]) -> _Plan:
    snapshot = hub.snapshot(model, revision)
    damaged = {each.name for each in damage}
    for file in snapshot.files:
        if file.path in damaged:
            hub.forget(snapshot, file)
    return _Plan(model, snapshot, sum(hub.missing(snapshot, file) for file in snapshot.files))


def _check_room(plans: list[_Plan], hub: Hub, data_dir: Path | None) -> None:
    """Refuse what the disks cannot hold, before the first byte: the files, and checkpoints once more, converted.

    Raises:
        PullError: naming the folder, what is needed and what is free.
    """
    wanted: dict[int, list[tuple[Path, int]]] = defaultdict(list)
    for plan in plans:
        copy = plan.snapshot.size if plan.model.name in CHECKPOINTS else 0
        for folder, size in ((hub.cache_dir, plan.missing), (models_folder(data_dir), copy)):
            there = _existing(folder)
            wanted[there.stat().st_dev].append((there, size))
    for parts in wanted.values():
        folder, need = parts[0][0], sum(size for _, size in parts)
        free = shutil.disk_usage(folder).free
        if need and need + MARGIN > free:
            raise PullError(f"{folder}: {_gigabytes(need)} are needed there, {_gigabytes(free)} are free")


def _fetch(plan: _Plan, hub: Hub, data_dir: Path | None, watch: Watch) -> Pulled:
    model, snapshot = plan.model, plan.snapshot
    watch.begin(model, snapshot, plan.missing)
    facts = {}
    for file in snapshot.files:
        facts[file.path] = _facts(hub.fetch(snapshot, file, watch.advance), file)
    entry = LockedModel(
        repository=snapshot.repository,
        revision=snapshot.revision,
        folder=str(hub.folder(snapshot).absolute()),
        files=facts,
        licence=model.licence.name,
        accepted=True,
    )
    update(model.name, entry, data_dir)
    return Pulled(model, entry, plan.missing)


def _facts(path: Path, file: RemoteFile) -> LockedFile:
    """What the lock keeps of a file; a large one's sha256 is the hub's, compared when it arrived."""
    return LockedFile(file.size, file.digest if len(file.digest) == SHA256_LENGTH else sha256_of(path))


def _existing(folder: Path) -> Path:
    while not folder.exists():
        folder = folder.parent
    return folder


def _gigabytes(count: int) -> str:
    return f"{count / 1e9:.2f} GB"
