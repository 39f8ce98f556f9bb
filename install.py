"""Install this checkout with uv, which takes a minute where pip takes five, from the indexes that pip is set up with.

.venv/bin/python install.py REQUIREMENT…
"""

import os
import shlex
import subprocess
import sys

# What pip calls a setting, what uv reads it from, and what stands between several of its values there.
SETTINGS = (
    ("index-url", "UV_DEFAULT_INDEX", " "),
    ("extra-index-url", "UV_EXTRA_INDEX_URL", " "),
    ("find-links", "UV_FIND_LINKS", ","),
    ("trusted-host", "UV_INSECURE_HOST", " "),
    ("constraint", "UV_CONSTRAINT", " "),
    ("cert", "SSL_CERT_FILE", " "),
    ("client-cert", "SSL_CLIENT_CERT", " "),
    ("proxy", "ALL_PROXY", " "),
)
# The environment wins over the files, of which the nearest wins.
LEVELS = (":env:", "site", "user", "global", "install")


def pip_settings(listed: str) -> dict[str, str]:
    """The environment for uv that says what `pip config list` lists.

    Like pip, uv then weighs all indexes alike, and trusts the certificates of the system.
    """
    told: dict[str, str] = {}
    for line in listed.splitlines():
        name, _, value = line.partition("=")
        told[name] = " ".join(shlex.split(value)).replace("\\n", " ")
    found = {"UV_INDEX_STRATEGY": "unsafe-best-match", "UV_SYSTEM_CERTS": "true"}
    for name, variable, between in SETTINGS:
        values = [told[f"{level}.{name}"].split() for level in LEVELS if f"{level}.{name}" in told]
        if values:
            found[variable] = between.join(values[0])
    return found


def main(requirements: list[str]) -> int:
    """Install what is asked for, in the versions of constraints.txt; the exit status is uv's."""
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    listed = subprocess.run([*pip, "config", "list"], check=True, capture_output=True, text=True).stdout
    # What the user set for uv itself wins.
    environment = pip_settings(listed) | dict(os.environ)
    uv = [sys.executable, "-m", "uv", "pip", "install", "--python", sys.executable, "--constraints", "constraints.txt"]
    return subprocess.run([*uv, *requirements], env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
