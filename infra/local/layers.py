"""Builds the layers by their own recipes, but for the Python that runs here.

A built layer is kept under the hash of everything it is made of, so that a second run builds
nothing. The recipes are the ones `sam build` uses (`layers/*/Makefile`).
"""

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

from infra.local.trouble import Trouble

ROOT = Path(__file__).resolve().parents[2]
LAYERS = {
    "layers/common": "CommonLayer",
    "layers/dependencies": "DependenciesLayer",
    "layers/documents": "DocumentsLayer",
    "layers/analytics": "AnalyticsLayer",
}
OURS = "layers/common"  # the others hold what somebody else has written
PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"


def ingredients(source: Path) -> Iterator[Path]:
    """Yield every file a layer is made of, in one order."""
    shared = [path for path in source.parent.iterdir() if path.is_file()]
    for path in [*sorted(shared), *sorted(source.rglob("*"))]:
        if path.is_file() and "__pycache__" not in path.parts:
            yield path


def fingerprint(source: Path) -> str:
    """Return a hash of a layer's ingredients and of the Python it is built for."""
    digest = hashlib.sha256(PYTHON.encode())
    for path in ingredients(source):
        digest.update(f"{path.relative_to(source.parent)}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


def zip_folder(folder: Path, target: Path) -> None:
    """Zip a folder without compressing it: it travels over loopback only."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED, strict_timestamps=False) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(folder))


def build(content_uri: str, cache: Path) -> tuple[Path, Path]:
    """Return a layer's folder and its zip, built unless nothing has changed."""
    source, name = ROOT / content_uri, LAYERS[content_uri]
    folder = cache / f"{name}-{fingerprint(source)}"
    package = folder.with_suffix(".zip")
    if package.exists():
        return folder, package
    for outdated in cache.glob(f"{name}-*"):
        shutil.rmtree(outdated) if outdated.is_dir() else outdated.unlink()
    folder.mkdir(parents=True)
    run_recipe(name, source, folder)
    draft = folder.with_suffix(".draft")
    zip_folder(folder, draft)
    draft.replace(package)
    return folder, package


def empty(cache: Path) -> Path:
    """Return the zip of a layer that holds nothing, in place of one whose packages are here too."""
    package = cache / "empty.zip"
    draft = package.with_suffix(".draft")
    with zipfile.ZipFile(draft, "w") as archive:
        archive.writestr("python/empty", "")
    return draft.replace(package)


def run_recipe(name: str, source: Path, folder: Path) -> None:
    """Let a layer's own Makefile fill its folder."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    built = subprocess.run(
        ["make", "--no-print-directory", f"build-{name}"],
        cwd=source,
        env=os.environ
        | {
            "ARTIFACTS_DIR": str(folder),
            "LAYER_PLATFORM": "native",
            "PATH": path,
        },
        capture_output=True,
        text=True,
    )
    if built.returncode:
        shutil.rmtree(folder)
        said = (built.stdout + built.stderr).strip().splitlines()[-8:]
        raise Trouble(
            "\n".join([f"{name} couldn't be built; check the network and try again:", *said])
        )
