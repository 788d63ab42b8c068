"""`python app.py serve` as an operator meets it."""

import os
import subprocess
import sys
from pathlib import Path

from tests.process.bot_process import REPOSITORY

WRONG = {
    "WARD_RHYTHMS_APP_ID": "not-an-id-4711",
    "WARD_RHYTHMS_SHAREPOINT_SITE": "http://intranet.example/4711",
    "WARD_RHYTHMS_STORE": "mysql://user:password4711@server/db",
    "WARD_RHYTHMS_TIME_ZONE": "Mars/4711",
    "WARD_RHYTHMS_PORT": "4711471",
    "WARD_RHYTHMS_CLIENT_SECRET": "secret-4711",
    "WARD_RHYTHMS_CLIENT_CERTIFICATE": __file__,
    "WARD_RHYTHMS_KEEP_REPLY_DAYS": "4711",
}


def test_every_wrong_setting_at_once(tmp_path: Path) -> None:
    """With settings missing and wrong, it names each of them, tells no value, and exits 2."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("WARD_RHYTHMS_")}
    command = (sys.executable, str(REPOSITORY / "app.py"), "serve")
    done = subprocess.run(  # noqa: S603 -- our own program
        command, cwd=tmp_path, env={**clean, **WRONG}, capture_output=True, text=True, check=False
    )
    told = {line.strip().split(":")[0] for line in done.stderr.splitlines() if ":" in line and "WARD" in line}

    assert done.returncode == 2
    assert told == WRONG.keys() - {"WARD_RHYTHMS_CLIENT_SECRET"} | {"WARD_RHYTHMS_TENANT_ID"}
    assert "4711" not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
