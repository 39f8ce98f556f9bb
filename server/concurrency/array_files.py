"""Arrays kept in a file: written whole, and read back as nothing at all when the file is not what was written."""

import logging
import zipfile
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from server.concurrency.files import write_whole

logger = logging.getLogger("earshot")

Arrays = dict[str, NDArray[Any]]


def write_arrays(path: Path, arrays: Arrays, *, durable: bool) -> None:
    """Keep arrays under their names, as NumPy's own `.npz`; see `write_whole`.

    Raises:
        OSError: The file cannot be written.
    """

    def write(file: IO[bytes]) -> None:
        with zipfile.ZipFile(file, "w") as parts:
            for name, array in arrays.items():
                with parts.open(f"{name}.npy", "w", force_zip64=True) as part:
                    np.lib.format.write_array(part, np.asanyarray(array), allow_pickle=False)

    write_whole(path, write, durable=durable)


def read_arrays(path: Path) -> Arrays | None:
    """The arrays that were kept; None where there are none, or the file is cut, damaged or someone else's."""
    try:
        with path.open("rb") as file, zipfile.ZipFile(file) as parts:
            return {name.removesuffix(".npy"): _read(parts, name) for name in parts.namelist()}
    except FileNotFoundError:
        return None
    except Exception as error:  # a foreign file may raise whatever its readers think of
        logger.warning("%s cannot be used and is passed over: %s", path, error)
        return None


def _read(parts: zipfile.ZipFile, name: str) -> NDArray[Any]:
    with parts.open(name) as part:
        array: NDArray[Any] = np.lib.format.read_array(part, allow_pickle=False)
        part.read()  # to its end, where its checksum is compared
        return array
