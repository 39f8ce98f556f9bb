"""The image holds every system library that the wheels in it were linked against, read from the wheels themselves."""

import re
import struct
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only wheels for Linux are linked as in the image")

ROOT = Path(__file__).parents[1]
# What every Debian image has, `python:3.11-slim` among them: libc6, libgcc-s1, libstdc++6, zlib1g.
IN_EVERY_IMAGE = re.compile(r"(ld-linux.*|lib(c|m|mvec|dl|rt|util|pthread|resolv|gcc_s|stdc\+\+|z))\.so\.\d+")
# Of CUDA builds: what the driver brings, and libraries of NVIDIA's that look for network cards.
OF_A_GPU = ("nvidia-", "cuda-", "triton")
DEBIAN = {"libexpat.so.1": "libexpat1", "libgomp.so.1": "libgomp1", "libGL.so.1": "libgl1"}
DT_NULL, DT_NEEDED, DT_STRTAB = 0, 1, 5
PT_LOAD, PT_DYNAMIC = 1, 2


def needed_by(path: Path) -> set[str]:
    """The libraries an ELF file of 64 bits, little end first, names as NEEDED; none for other files."""
    data = path.read_bytes()
    if data[:6] != b"\x7fELF\x02\x01":
        return set()
    (begin,), (size, count) = struct.unpack_from("<Q", data, 32), struct.unpack_from("<HH", data, 54)
    segments = [struct.unpack_from("<IIQQQQQQ", data, begin + n * size) for n in range(count)]

    def offset_of(address: int) -> int:
        for kind, _, offset, start, _, length, *_ in segments:
            if kind == PT_LOAD and start <= address < start + length:
                return int(offset + address - start)
        raise AssertionError(f"{path}: {address:#x} is in no segment")

    entries = []
    for kind, _, offset, _, _, length, *_ in segments:
        if kind == PT_DYNAMIC:
            entries = [struct.unpack_from("<qQ", data, offset + step) for step in range(0, length, 16)]
    tags = {tag: value for tag, value in entries if tag == DT_STRTAB}
    names = [offset_of(tags[DT_STRTAB]) + value for tag, value in entries if tag == DT_NEEDED]
    return {data[name : data.index(b"\0", name)].decode() for name in names}


def installed_by(requirements: list[str]) -> dict[str, list[Path]]:
    """The files of everything these bring onto a machine, by distribution."""
    found: dict[str, list[Path]] = {}
    left = [(Requirement(text), "") for text in requirements]
    while left:
        requirement, extra = left.pop()
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": extra}):
            continue
        try:
            package = distribution(requirement.name)
        except PackageNotFoundError:
            continue  # for another system
        extras = ["", *requirement.extras]
        if package.name not in found:
            found[package.name] = [Path(str(file.locate())) for file in package.files or []]
            left += [(Requirement(text), extra) for text in package.requires or [] for extra in extras]
    return found


@pytest.fixture(scope="module")
def missing() -> dict[str, set[str]]:
    """Libraries that neither the wheels nor every image have, and which distributions want them."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    shared = {
        name: [path for path in files if ".so" in path.name and path.is_file()]
        for name, files in installed_by(project["dependencies"]).items()
        if not name.startswith(OF_A_GPU)
    }
    brought = {path.name for paths in shared.values() for path in paths}
    found: dict[str, set[str]] = {}
    for name, paths in shared.items():
        for library in set().union(*map(needed_by, paths)) - brought:
            if not IN_EVERY_IMAGE.fullmatch(library) and library != "libcuda.so.1":
                found.setdefault(library, set()).add(name)
    return found


def installed_in_the_image() -> set[str]:
    """The Debian packages that the last stage of the Dockerfile installs."""
    last = (ROOT / "Dockerfile").read_text().rpartition("\nFROM ")[2].replace("\\\n", " ")
    words = {word for command in re.findall(r"apt-get install([^&\n]*)", last) for word in command.split()}
    return {word for word in words if not word.startswith("-")}


def test_the_image_installs_every_system_library_its_wheels_need(missing):
    unknown = {library: names for library, names in missing.items() if library not in DEBIAN}
    assert unknown == {}, "which Debian package brings them?"
    wanted = {DEBIAN[library]: names for library, names in missing.items()}
    assert wanted.keys() <= installed_in_the_image(), wanted


def test_rasterio_is_among_those_that_need_one(missing):
    assert "rasterio" in missing["libexpat.so.1"]


def test_what_the_image_installs_leaves_no_package_lists_behind():
    last = (ROOT / "Dockerfile").read_text().rpartition("\nFROM ")[2]
    assert "--no-install-recommends" in last
    assert "rm -rf /var/lib/apt/lists/*" in last


def test_an_elf_files_needs_are_read_as_the_linker_would():
    import _struct

    path = Path(_struct.__file__) if hasattr(_struct, "__file__") else Path(sys.executable)
    assert any(name.startswith("libc.so") for name in needed_by(path.resolve()))
    assert needed_by(ROOT / "pyproject.toml") == set()
