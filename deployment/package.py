"""The Teams app package: manifest and icons in one zip, the same bytes for the same details."""

import io
import json
import tomllib
import zipfile
from collections.abc import Sequence
from pathlib import Path

from bot.domain.commands import Command
from deployment.icons import colour_icon, outline_icon
from deployment.manifest import Details, manifest

#: The earliest moment a zip can name, so that two packages of the same thing are the same file.
LONG_AGO = (1980, 1, 1, 0, 0, 0)
READABLE = 0o644 << 16

PROJECT = Path(__file__).parent.parent / "pyproject.toml"


def project_version() -> str:
    """This project's version, `major.minor.patch`, from the file it is written in."""
    return str(tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]["version"])


def package(details: Details, commands: Sequence[Command], version: str) -> bytes:
    """The zip that a Teams administrator uploads, with its three files at the top, as Teams asks."""
    files = {
        "color.png": colour_icon(),
        "manifest.json": json.dumps(manifest(details, commands, version), indent=2, ensure_ascii=False).encode(),
        "outline.png": outline_icon(),
    }
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, LONG_AGO)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = READABLE
            entry.create_system = 3  # else the zip says which kind of machine wrote it
            archive.writestr(entry, files[name])
    return written.getvalue()
