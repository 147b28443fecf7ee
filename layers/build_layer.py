"""Build one layer: it alone decides what of a package is shipped, and in which form.

Each layer's Makefile calls it as `build_layer.py FOLDER ARTIFACTS_DIR`. A folder with a
requirements.txt gets those packages, any other folder the packages that lie in it. Standard
library only, so that any Python 3.9 or newer on the builder's PATH can run it.

What it builds for stands in template.yaml alone, under Globals: Runtime and Architectures. Only
LAYER_PLATFORM=native builds for this machine and the running interpreter (the embedded stack). Each
layer says what it was built for in `built_for/`, which functions compare when they start.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path

TEMPLATE = Path(__file__).resolve().parents[1] / "template.yaml"
MACHINES = {"x86_64": "x86_64", "arm64": "aarch64"}  # Lambda's word -> Python's
GLIBC = "manylinux_2_28"  # of Amazon Linux 2023, which these runtimes run on


def deployed_on(template: str) -> tuple[str, str]:
    """Return the Python and the machine that a template's functions run on."""
    runtime = re.search(r"^    Runtime: python(3\.\d+)\b", template, re.MULTILINE)
    machine = re.search(r"^    Architectures: \[(x86_64|arm64)\]", template, re.MULTILINE)
    if runtime is None or machine is None:
        sys.exit("build_layer: template.yaml says no Runtime and Architectures under Globals")
    return runtime[1], MACHINES[machine[1]]


IS_NATIVE = os.environ.get("LAYER_PLATFORM") == "native"
RUNNING = f"{sys.version_info.major}.{sys.version_info.minor}", platform.machine()
PYTHON, MACHINE = RUNNING if IS_NATIVE else deployed_on(TEMPLATE.read_text())

# The services our functions call. botocore knows 400 more: they would be half of the layer, and
# reading endpoints.json with all of them a large part of a cold start.
SERVICES = {
    *("dynamodb", "events", "lambda", "s3", "secretsmanager", "sqs", "sts"),
    *("pinpoint-sms-voice-v2", "sesv2"),
}
UNUSED_FOLDERS = (
    "bin",
    "boto3/examples",
    "stripe/params",  # types only: 842 files
    "lxml/html",
    "lxml/includes",
    "lxml/isoschematron",
)
UNUSED_FILES = (
    *("*/NotoSerifJP-*", "*/files/*Italic*"),
    *("lxml/*.p[xy][dix]", "lxml/objectify.*"),  # what lxml was compiled from, and what wraps it
    *("stdnum/oui.dat", "stdnum/imsi.dat"),  # makers of network cards and telephones
)
# The locales that documents are written in (billing/typeset/texts), their regions, and what those
# inherit from. Babel knows 1,100 more: 31 MB of 33.
LOCALES = {
    "root",
    "en",
    "en_001",
    "en_150",
    "en_GB",
    "en_HK",
    "en_US",
    "fi",
    "fi_FI",
    "ja",
    "ja_JP",
}
LOCALES |= {"ru", "ru_RU", "th", "th_TH", "zh", "zh_Hant", "zh_Hant_HK", "zh_Hant_TW"}


def find_uv() -> str | None:
    """Return uv from the project's environment, else from PATH; without it pip does the work."""
    ours = Path(__file__).resolve().parents[1] / ".venv" / "bin" / "uv"
    return str(ours) if ours.exists() else shutil.which("uv")


def uv_command(uv: str) -> list[str]:
    """Return how uv installs for the runtime; it reads markers with that Python's eyes."""
    command = [uv, "pip", "install", "--link-mode", "copy"]
    if IS_NATIVE:
        return [*command, "--python", sys.executable]
    return [*command, "--python-version", PYTHON, "--python-platform", f"{MACHINE}-{GLIBC}"]


def pip_command() -> list[str]:
    """Return how pip does the same; it takes only the tags it is told, so older ones are named."""
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--no-compile",
        "--disable-pip-version-check",
    ]
    if IS_NATIVE:
        return command
    newest = int(GLIBC.rpartition("_")[2])
    tags = [f"manylinux_2_{minor}_{MACHINE}" for minor in range(newest, 16, -1)]
    tags.append(f"manylinux2014_{MACHINE}")
    return [*command, "--python-version", PYTHON, *(f"--platform={tag}" for tag in tags)]


def install(requirements: Path, target: Path) -> None:
    """Install exactly the hashed wheels, for the runtime rather than for this machine."""
    uv = find_uv()
    command = [
        *(uv_command(uv) if uv else pip_command()),
        *("--quiet", "--no-deps", "--require-hashes", "--only-binary", ":all:"),
        *("--target", str(target), "--requirement", str(requirements)),
    ]
    if subprocess.run(command, check=False).returncode:
        sys.exit(
            f"build_layer: {requirements} couldn't be installed for Python {PYTHON}: see above"
        )


def prune(target: Path) -> None:
    """Leave out what no function reads; what packages know of themselves (METADATA) stays."""
    for folder in UNUSED_FOLDERS:
        shutil.rmtree(target / folder, ignore_errors=True)
    for file in (found for pattern in UNUSED_FILES for found in target.glob(pattern)):
        file.unlink()
    for record in [*target.glob("*.dist-info/RECORD"), target / ".lock"]:
        record.unlink(missing_ok=True)
    for locale in target.glob("babel/locale-data/*.dat"):
        if locale.stem not in LOCALES:
            locale.unlink()
    if (target / "botocore" / "data").is_dir():
        prune_services(target / "botocore" / "data")


def prune_services(models: Path) -> None:
    """Keep the models and endpoints of our services; every region and partition stays."""
    for folder in models.iterdir():
        if folder.is_dir() and folder.name not in SERVICES:
            shutil.rmtree(folder)
    endpoints = json.loads((models / "endpoints.json").read_text())
    for partition in endpoints["partitions"]:
        known = partition["services"]
        partition["services"] = {name: known[name] for name in known if name in SERVICES}
    (models / "endpoints.json").write_text(json.dumps(endpoints, separators=(",", ":")))


def find_compiler() -> str | None:
    """Return an interpreter of the runtime's minor version.

    Each candidate is run, since pyenv's shims lie: they stand on PATH for versions that aren't
    active. Those versions stand in a folder beside the shims.
    """
    named = shutil.which(f"python{PYTHON}")
    behind = Path(named).parents[1].glob(f"versions/{PYTHON}.*/bin/python{PYTHON}") if named else []
    probe = f"import sys; sys.exit('%d.%d' % sys.version_info[:2] != '{PYTHON}')"
    for candidate in filter(None, [sys.executable, named, *map(str, behind)]):
        if (
            subprocess.run([candidate, "-c", probe], check=False, capture_output=True).returncode
            == 0
        ):
            return candidate
    return None


def compile_bytecode(target: Path) -> None:
    """Compile so that Lambda accepts it: zips carry dates of 1980, so only unchecked hashes hold.

    Without bytecode the layer works, but every cold start compiles it anew, which takes three
    times as long. The warning goes to stdout because SAM hides a recipe's stderr on success.
    """
    compiler = find_compiler()
    if compiler is None:
        print(  # noqa: T201
            f"WARNING: no Python {PYTHON} here, so the layer has no bytecode and cold starts "
            f"take three times as long; install Python {PYTHON} and build again"
        )
        return
    flags = ["-q", "--invalidation-mode", "unchecked-hash", "-s", str(target), "-p", "/opt/python"]
    result = subprocess.run([compiler, "-m", "compileall", *flags, str(target)], check=False)
    if result.returncode:
        sys.exit(f"build_layer: Python {PYTHON} couldn't compile the layer: see above")


def copy_packages(folder: Path, target: Path) -> None:
    """Copy the packages that lie in a folder, without what running them left behind."""
    junk = shutil.ignore_patterns("__pycache__", "*.pyc")
    for package in folder.iterdir():
        if (package / "__init__.py").exists():
            shutil.copytree(package, target / package.name, ignore=junk)


def code_version(folder: Path) -> str:
    """Return the release and a digest of a folder's sources: the same sources, the same words."""
    project = folder.parents[1] / "pyproject.toml"
    found = re.search(r'^version = "(.+)"', project.read_text() if project.exists() else "", re.M)
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(f"{path.relative_to(folder).as_posix()}\0".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return f"{found[1] if found else 'unreleased'}+{digest.hexdigest()[:12]}"


def stamp(folder: Path, target: Path) -> None:
    """Let our own package say which code it is; a dead letter names it."""
    if (target / "kassa").is_dir():
        (target / "kassa" / "code_version.txt").write_text(code_version(folder) + "\n")


def build(folder: Path, artifacts: Path) -> None:
    """Fill `python/`, which Lambda puts on the import path."""
    target = artifacts / "python"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    if (folder / "requirements.txt").exists():
        install(folder / "requirements.txt", target)
        prune(target)
    else:
        copy_packages(folder, target)
        stamp(folder, target)
    compile_bytecode(target)
    stamps = target / "built_for"
    stamps.mkdir()
    (stamps / folder.name).write_text(f"python{PYTHON} {MACHINE}\n")


if __name__ == "__main__":
    build(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve())
