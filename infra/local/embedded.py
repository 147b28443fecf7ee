"""Brings the embedded stack up, whole: emulator, gateway, deployed template, open account."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from cli.stack import Stack, from_resources
from infra.local import accounts, deploy, differences, emulator, gateway, package
from infra.local.emulator import ACCESS_KEY_ID, REGION, SECRET_ACCESS_KEY
from infra.local.layers import ROOT
from infra.local.run_folder import run_folder

Tell = Callable[[str], None]
WARM = 2  # intake workers started before the gateway sends its first event


@dataclass(frozen=True)
class Place:
    """Where an embedded stack runs: its ports and the folder of its state."""

    port: int = 4566
    gateway_port: int = 8420
    home: Path = ROOT / ".kassa"
    cache: Path = ROOT / ".kassa" / "layers"

    @property
    def endpoint_url(self) -> str:
        """Return the emulator's address."""
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def embedded_stack(place: Place, pid: int, tell: Tell) -> Iterator[Stack]:
    """Give a stack that is ready for traffic; in the end leave nothing of it behind."""
    with ExitStack() as leaving:
        folder = leaving.enter_context(run_folder(place.home))
        emulator.refuse_taken_port(place.port, "--port")
        emulator.refuse_taken_port(place.gateway_port, "--gateway-port")
        aws = emulator.start_emulator(folder, place.port)
        leaving.callback(aws.stop)
        stripe = gateway.start_gateway(folder, place.gateway_port)
        leaving.callback(stripe.stop)
        template = (ROOT / "template.yaml").read_text()
        zips = package.build_layers(template, place.cache, tell)
        emulator.wait_for_emulator(aws, place.port)
        tell("deploying template.yaml")
        stack = deployed(template, zips, folder, place)
        gateway.wait_for_gateway(stripe, place.gateway_port)
        stack = accounts.open_account(stack, place.gateway_port)
        tell("warming up")
        warm_up(stack)
        yield replace(stack, pids={"up": pid, "emulator": aws.pid, "gateway": stripe.pid})


def deployed(template: str, zips: dict[str, Path], folder: Path, place: Place) -> Stack:
    """Deploy the template and return the stack with its addresses."""
    reached: dict[str, Any] = {
        "endpoint_url": place.endpoint_url,
        "access_key_id": ACCESS_KEY_ID,
        "secret_access_key": SECRET_ACCESS_KEY,
    }
    bare = Stack(deploy.STACK, REGION, "", "", "", "", "", {}, {}, **reached)
    url = package.upload(template, zips, folder, bare.client("s3"))
    cloudformation = bare.client("cloudformation")
    deploy.deploy(url, cloudformation)
    stack = from_resources(
        deploy.STACK,
        cloudformation,
        base_url="",
        gateway_url=f"http://127.0.0.1:{place.gateway_port}",
        **reached,
    )
    differences.make_good(stack)
    base_url = f"{place.endpoint_url}/_aws/execute-api/{stack.api_id}/$default"
    return replace(stack, base_url=base_url)


def warm_up(stack: Stack) -> None:
    """Start intake workers by webhooks that nobody signed, so that the gateway's don't wait."""
    with ThreadPoolExecutor(WARM) as pool:
        list(pool.map(lambda _: post_unsigned(stack), range(WARM)))


def post_unsigned(stack: Stack) -> int:
    """Post a webhook without a signature; it is refused, and that is enough."""
    request = Request(stack.webhook_url(accounts.GATEWAY), data=b"{}", method="POST")
    try:
        with urlopen(request, timeout=60) as answer:
            return int(answer.status)
    except HTTPError as error:
        return error.code
