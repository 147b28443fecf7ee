"""Packages the template as `sam package` would: code and layers go to S3, their URIs inside."""

import fcntl
import re
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from infra.local import layers
from infra.local.errors import DemoError
from infra.local.layers import ROOT
from infra.whole_template import whole_template

BUCKET = "kassa-packages"
LOCAL_URI = re.compile(r"\b(CodeUri|ContentUri): ((?:functions|layers)/\w+)")

UNKNOWN_TYPES = (  # what the emulator can't make; who refers to another stands first
    "AWS::CloudWatch::CompositeAlarm",
    "AWS::Cognito::ManagedLoginBranding",
    "AWS::SES::ConfigurationSetEventDestination",
    "AWS::SES::ConfigurationSet",
)


def zip_function(source: Path, target: Path) -> None:
    """Zip a function's files without what Python or an editor left beside them."""
    with zipfile.ZipFile(target, "w") as archive:
        for path in sorted(source.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                archive.write(path, path.relative_to(source))


def local_uris(template: str) -> list[str]:
    """Return every folder that the template deploys."""
    return sorted({uri for _, uri in LOCAL_URI.findall(template)})


def leave_out_unknown(template: str) -> tuple[str, list[str]]:
    """Return a template without the resources the emulator can't make, and what was left out.

    By type, so that nothing else can go missing; raises DemoError if anything still needs them.
    """
    left_out: list[str] = []
    for kind in UNKNOWN_TYPES:
        block = re.compile(rf"(?m)^( *)(\w+):.*\n\1  Type: {kind}\n(?:(?:\1 {{2,}}.*)?\n)*")
        left_out += [name for _, name in block.findall(template)]
        template = block.sub("", template)
    needed = [name for name in left_out if re.search(rf"\b{name}\b", template)]
    if needed or any(kind in template for kind in UNKNOWN_TYPES):
        raise DemoError(f"the emulator can't make {', '.join(left_out)}, and the template needs it")
    return template, left_out


def build_layers(
    cache: Path, progress: Callable[[str], None], is_lean: bool = False
) -> dict[str, Path]:
    """Build every layer of the template, or ours alone; return each one's zip by its folder."""
    zips = {}
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two runs never build into one folder
        for uri in local_uris(whole_template()):
            if is_lean and uri in layers.LAYERS and uri != layers.OURS:
                zips[uri] = layers.empty(cache)
            elif uri in layers.LAYERS:
                progress(f"building {layers.LAYERS[uri]}")
                zips[uri] = layers.build(uri, cache)[1]
    return zips


def upload(zips: dict[str, Path], folder: Path, s3: Any) -> str:
    """Upload layers, functions and the template; return the template's URL."""
    region = s3.meta.region_name
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": region})
    text, packages = whole_template(), dict(zips)
    for uri in local_uris(text):
        if uri not in packages:
            packages[uri] = folder / f"{uri.replace('/', '-')}.zip"
            zip_function(ROOT / uri, packages[uri])
    stamp = int(time.time())
    for uri, package in packages.items():
        with package.open("rb") as body:  # in one piece: parts take the emulator twice as long
            s3.put_object(Bucket=BUCKET, Key=f"{stamp}/{uri}.zip", Body=body)
    known, _ = leave_out_unknown(text)
    packaged = LOCAL_URI.sub(rf"\1: s3://{BUCKET}/{stamp}/\2.zip", known)
    s3.put_object(Bucket=BUCKET, Key=f"{stamp}/template.yaml", Body=packaged.encode())
    return f"{s3.meta.endpoint_url}/{BUCKET}/{stamp}/template.yaml"
