"""How far a gateway's lists were read; advanced only after what was read stands on the queue."""

from kassa.platform import keys, table


def read(gateway: str, account: str, name: str) -> str | None:
    """Return until where a list was read, in its gateway's form; nothing before the first time."""
    item = table.get(keys.cursor(gateway, account, name))
    return str(item["read_until"]) if item else None


def advance(gateway: str, account: str, name: str, read_until: str) -> None:
    """Note until where a list was read; going back only reads some of it again."""
    noted = table.setting(keys.cursor(gateway, account, name), {"read_until": read_until})
    table.write("update_item", **noted)
