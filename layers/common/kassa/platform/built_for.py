"""What a function's layers were built for, looked at once, when it starts.

A layer of another Python or machine breaks at the first compiled module that something imports:
the intake, which imports few, would go on answering 200 while whatever books dies. So every
function refuses to start, the intake too: gateways get 5xx and come again, and alarms are raised.
"""

import os
import sys

from kassa.core.errors import StaleLayers

_LAYER = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
STAMPS = os.path.join(_LAYER, "built_for")


def check_layers(stamps: str = STAMPS) -> None:
    """Raise StaleLayers unless each layer was built for this Python and machine.

    A stamp is a file of `layers/build_layer.py`, `python3.13 x86_64`, by the layer's name; outside
    of a layer there are none.
    """
    running = f"python{sys.version_info[0]}.{sys.version_info[1]} {os.uname().machine}"
    try:
        layers = sorted(os.listdir(stamps))
    except FileNotFoundError:
        return
    for layer in layers:
        with open(os.path.join(stamps, layer)) as stamp:
            built_for = stamp.read().strip()
        if built_for != running:
            raise StaleLayers(
                f"the layer {layer} was built for {built_for} and runs on {running}: "
                "set Runtime and Architectures in template.yaml, then sam build && sam deploy"
            )
