"""Brings the embedded stack up, whole: emulator, gateways, deployed template, open accounts."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from infra.fake_carriers import local
from infra.fake_receivers import local as receiver
from infra.local import accounts, deploy, emulator, gateway, layers, package
from infra.local.place import STRIPE, Place, run_folder
from infra.stack import Stack, reach_loopback_directly
from infra.whole_template import whole_template

Progress = Callable[[str], None]


@contextmanager
def embedded_stack(place: Place, pid: int, progress: Progress) -> Iterator[Stack]:
    """Give a stack that is ready for traffic; in the end leave nothing of it behind."""
    reach_loopback_directly()
    with ExitStack() as leaving:
        folder = leaving.enter_context(run_folder(place.home))
        emulator.refuse_taken_port(place.port, "--port")
        for port in place.ports_beside:
            emulator.refuse_taken_port(port, "--gateway-port", place.port)
        played = gateway.start_gateways(place, folder, leaving)
        carrying = local.start_carriers(place, folder)
        leaving.callback(carrying.stop)
        receiving = receiver.start_receiver(place, folder)
        leaving.callback(receiving.stop)
        zips = package.build_layers(place.cache, progress, place.is_lean)
        leaving.enter_context(layers.in_use(zips.values()))
        aws = emulator.start_emulator(folder, place.port, layers.packages(zips))
        leaving.callback(aws.stop)
        emulator.wait_for_emulator(aws, place.port)
        _, left_out = package.leave_out_unknown(whole_template())
        progress(f"deploying template.yaml, without {len(left_out)} that the emulator can't make")
        stack = deploy.deploy(zips, folder, place)
        gateway.wait_for_gateways(played, place)
        local.wait_for_carriers(carrying, place)
        local.join_carriers(stack, place)
        receiver.wait_for_receiver(receiving, place)
        stack = accounts.open_accounts(stack, place)
        progress("warming up")
        post_unsigned(stack)
        pids = {f"gateway-{name}": child.pid for name, child in played.items()}
        pids |= {
            "up": pid,
            "emulator": aws.pid,
            "carriers": carrying.pid,
            "receiver": receiving.pid,
        }
        yield replace(stack, pids=pids)


def post_unsigned(stack: Stack) -> int:
    """Post a webhook that is refused: it starts the intake before the gateway needs it."""
    request = Request(stack.webhook_url(STRIPE), data=b"{}", method="POST")
    try:
        with urlopen(request, timeout=60) as answer:
            return int(answer.status)
    except HTTPError as error:
        return error.code
