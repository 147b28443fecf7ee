"""Which stack a command talks to: the embedded one, or the deployed one that `--stack` names."""

from functools import cache
from pathlib import Path
from typing import NoReturn

import typer

from infra.stack import Stack, embedded, from_resources, state_path

_chosen: list[str] = []


def choose(name: str | None) -> None:
    """Talk to the deployed stack of that name instead of the embedded one."""
    _chosen[:] = [name] if name else []
    current.cache_clear()


def chosen() -> str | None:
    """Return the name of the deployed stack that was chosen, if one was."""
    return _chosen[0] if _chosen else None


def output_folder() -> Path:
    """Return where documents are put that were fetched or made here: a folder for each stack."""
    output = state_path().parent / "output"
    name = chosen()
    return output / name if name else output


@cache
def current() -> Stack:
    """Return the stack to talk to; without one, say what to do and exit with 1."""
    if not _chosen:
        stack = embedded()
        if stack is None:
            give_up(
                "Kassa isn't running here: start it with 'make run', or name a stack: --stack NAME"
            )
        return stack
    return _deployed(_chosen[0])


def _deployed(name: str) -> Stack:
    """Return a deployed stack of this account and region; say what is wrong where there is none."""
    import boto3  # what needs no client shouldn't wait for it
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        cloudformation = boto3.client("cloudformation")
        return from_resources(name, cloudformation)
    except ClientError as error:
        answer = error.response["Error"]
        if answer["Code"] == "ValidationError":
            region = cloudformation.meta.region_name
            give_up(f"there is no stack {name} in {region}: check its name, AWS_PROFILE and region")
        give_up(f"the stack {name} can't be read: {answer['Code']}, {answer['Message']}")
    except BotoCoreError as error:
        reason = str(error).rstrip(".")
        give_up(f"the stack {name} can't be read: {reason}: set AWS_PROFILE and AWS_REGION")
    except KeyError as error:
        give_up(f"{name} is no stack of Kassa's: it has no {error.args[0]}")


def give_up(message: str) -> NoReturn:
    """Say what went wrong and what to do, in one line, and exit with 1."""
    typer.echo(f"kassa: {message}", err=True)
    raise typer.Exit(1)
