"""Whoever has set up pip needs to set up nothing else."""

import subprocess
import sys

from install import pip_settings


def test_uv_is_told_the_indexes_certificates_and_proxy_that_pip_uses() -> None:
    told = pip_settings(
        "global.cert='/etc/ssl/own.crt'\n"
        "global.extra-index-url='https://a.example/simple https://b.example/simple'\n"
        "global.find-links='/wheels /others'\n"
        "global.index-url='https://mirror.example/simple'\n"
        "global.proxy='http://proxy.example:3128'\n"
        "global.timeout='60'\n"
    )
    assert told == {
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_SYSTEM_CERTS": "true",
        "UV_DEFAULT_INDEX": "https://mirror.example/simple",
        "UV_EXTRA_INDEX_URL": "https://a.example/simple https://b.example/simple",
        "UV_FIND_LINKS": "/wheels,/others",
        "SSL_CERT_FILE": "/etc/ssl/own.crt",
        "ALL_PROXY": "http://proxy.example:3128",
    }


def test_the_environment_wins_over_the_files_and_the_users_file_over_the_machines() -> None:
    told = pip_settings(
        "global.index-url='https://a.example'\nuser.index-url='https://b.example'\nuser.cert='/b'\n:env:.cert='/c'"
    )
    assert (told["UV_DEFAULT_INDEX"], told["SSL_CERT_FILE"]) == ("https://b.example", "/c")


def test_values_on_lines_of_their_own_are_read_as_pip_writes_them() -> None:
    listed = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], check=True, capture_output=True, text=True,
        env={"PIP_CONFIG_FILE": "/dev/null", "PIP_EXTRA_INDEX_URL": "https://a.example\nhttps://b.example"},
    ).stdout  # fmt: skip
    assert pip_settings(listed)["UV_EXTRA_INDEX_URL"] == "https://a.example https://b.example"
