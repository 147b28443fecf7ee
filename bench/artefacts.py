"""Trees as Lambda would unpack them: built by the layers' own recipe, every file dated 1980."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).parents[1]
ZIP_EPOCH_S = 315_532_800  # 1980-01-01, the date of every file in the zips that SAM makes
PEER_PACKAGES = ("boto3", "botocore", "s3transfer", "jmespath", "urllib3", "python-dateutil", "six")


def built_layers(folder: Path) -> Path:
    """Build CommonLayer and DependenciesLayer for this interpreter, and lay one over the other."""
    layers = ("common", "dependencies")
    layer_sizes(folder, layers)
    for layer in layers:
        shutil.copytree(folder / layer / "python", folder / "opt", dirs_exist_ok=True)
    return dated(folder / "opt")


def layer_sizes(folder: Path, layers: Iterable[str]) -> dict[str, int]:
    """Build layers for this interpreter; return the bytes of each, unzipped."""
    sizes = {}
    environment = os.environ | {"LAYER_PLATFORM": "native"}
    recipe = str(ROOT / "layers" / "build_layer.py")
    for layer in layers:
        command = [sys.executable, recipe, str(ROOT / "layers" / layer), str(folder / layer)]
        subprocess.run(command, env=environment, check=True)
        files = (path for path in (folder / layer).rglob("*") if path.is_file())
        sizes[layer] = sum(path.stat().st_size for path in files)
    return sizes


def bare_boto3(folder: Path) -> Path:
    """Copy boto3 and what it needs, whole, and compile it as well as the layers are."""
    for package in PEER_PACKAGES:
        for file in metadata.files(package) or []:
            if file.suffix != ".pyc" and ".." not in file.parts:
                target = folder / file
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(str(file.locate()), target)
    compiled(folder, "unchecked-hash")
    return dated(folder)


def with_warm_bytecode(tree: Path, folder: Path) -> Path:
    """Copy a tree as it would be on a machine that ran it before: ordinary, accepted bytecode."""
    shutil.copytree(tree, folder, ignore=shutil.ignore_patterns("__pycache__"))
    compiled(folder, "timestamp")
    return folder


def without_bytecode(tree: Path, folder: Path) -> Path:
    """Copy a tree as `sam build` alone ships it: no bytecode, dated 1980."""
    shutil.copytree(tree, folder, ignore=shutil.ignore_patterns("__pycache__"))
    return dated(folder)


def compiled(tree: Path, mode: str) -> None:
    """Compile a tree, with the given way for Python to accept the bytecode later."""
    command = [sys.executable, "-m", "compileall", "-q", "--invalidation-mode", mode, str(tree)]
    subprocess.run(command, check=True)


def dated(tree: Path) -> Path:
    """Give every file the date that unzipping gives it on Lambda."""
    for path in tree.rglob("*"):
        os.utime(path, (ZIP_EPOCH_S, ZIP_EPOCH_S))
    return tree
