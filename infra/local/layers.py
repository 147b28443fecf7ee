"""Builds the layers by their own recipes, but for the Python that runs here.

A built layer is kept under the hash of everything it is made of, so that a second run builds
nothing. The recipes are the ones `sam build` uses (`layers/*/Makefile`). What is deployed of it is
a zip of one file, which leads Python to that folder: the emulator unpacks each layer anew for each
worker, and with thousands of small files that took four fifths of a worker's start.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from infra.local.errors import DemoError

ROOT = Path(__file__).resolve().parents[2]
LAYERS = {
    "layers/common": "CommonLayer",
    "layers/dependencies": "DependenciesLayer",
    "layers/documents": "DocumentsLayer",
    "layers/analytics": "AnalyticsLayer",
}
BUILT = ".built"  # stands in a layer that was built to its end
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


def link(folder: Path) -> Path:
    """Zip the one file that leads to a built layer; return the zip, which lies beside the folder.

    Python takes its line for a command where a layer's `site-packages` lie; what it finds first is
    what was found first if the layer were unpacked there.
    """
    package, draft = folder.with_suffix(".zip"), folder.with_suffix(".draft")
    leading = f"import sys; sys.path.insert(0, {str(folder.resolve() / 'python')!r})\n"
    with zipfile.ZipFile(draft, "w") as archive:
        archive.writestr(f"python/lib/python{PYTHON}/site-packages/layer.pth", leading)
    return draft.replace(package)


def build(content_uri: str, cache: Path) -> tuple[Path, Path]:
    """Return a layer's folder and its zip, built unless nothing has changed."""
    source, name = ROOT / content_uri, LAYERS[content_uri]
    folder = cache / f"{name}-{fingerprint(source)}"
    if not (folder / BUILT).exists():
        for outdated in (one for one in cache.glob(f"{name}-*") if one.is_dir()):
            discard(outdated)
        folder.mkdir(parents=True)
        run_recipe(name, source, folder)
        (folder / BUILT).touch()
    return folder, link(folder)


def packages(zips: Mapping[str, Path]) -> Path:
    """Return where the packages lie that every function loads; not there if they are those here."""
    return zips["layers/dependencies"].with_suffix("") / "python"


@contextmanager
def in_use(zips: Iterable[Path]) -> Iterator[None]:
    """Hold the layers that a stack runs on: who builds others meanwhile leaves them alone."""
    held = []
    try:
        for folder in (package.with_suffix("") for package in zips):
            if folder.is_dir():
                held.append(os.open(folder, os.O_RDONLY))
                fcntl.flock(held[-1], fcntl.LOCK_SH)
        yield
    finally:
        for one in held:
            os.close(one)


def discard(folder: Path) -> None:
    """Delete a built layer and its zip, unless a stack runs on it."""
    held = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    finally:
        os.close(held)
    folder.with_suffix(".zip").unlink(missing_ok=True)
    shutil.rmtree(folder)


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
        output = (built.stdout + built.stderr).strip().splitlines()[-8:]
        raise DemoError(
            "\n".join([f"{name} couldn't be built; check the network and try again:", *output])
        )
