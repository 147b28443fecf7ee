"""What comes up in each role's work: the screen where it is dealt with, the command beside it."""

from typing import NamedTuple


class Task(NamedTuple):
    """Something that comes up: its texts are `tasks.<name>` and `tasks_how.<name>`."""

    name: str
    screen: str  # as the registry of screens has it
    command: str = ""


TASKS: dict[str, tuple[Task, ...]] = {
    "support": (
        Task("refund_not_arrived", "search"),
        Task("money_back", "search"),
        Task("paid_twice", "search"),
        Task("cannot_pay", "search"),
        Task("bank_asks", "disputes"),
    ),
    "finance": (
        Task("close_month", "reports", "kassa invoices hand-over"),
        Task("payout_differs", "payouts", "kassa report explain"),
        Task("overdue", "invoices", "kassa payments enter"),
        Task("stands_out", "alerts"),
    ),
    "engineer": (
        Task("gateway_silent", "health", "kassa doctor"),
        Task("failed_for_good", "health", "kassa dlq show"),
        Task("webhook_refused", "health", "kassa gateways connect"),
        Task("not_delivered", "health", "kassa webhooks replay"),
    ),
}
WAITING = ("events", "refunds", "invoices", "messages", "webhooks", "partners")  # queues
BY_HAND = ("money_back", "money_in", "cash_back", "dispute")
REDRIVE = ("kassa dlq show", "kassa dlq redrive")
ENTER = ("kassa payments enter", "kassa payments give-back")
TOUR = (  # what a first visit leads through
    ("queue", "refunds"),
    ("money", "payments"),
    ("deadlines", "disputes"),
    ("documents", "reports"),
    ("help", "help"),
)
