"""How a policy of reminders and a calendar are shown."""

from collections.abc import Iterable, Iterator

from rich.markup import escape
from rich.table import Table

from cli.output import amount, console, say, table
from kassa.billing.reminders.facts import Channel
from kassa.billing.reminders.policy.model import LateFee, PolicyRules, Step
from kassa.billing.reminders.preview.preview_reminders import PlannedReminder, ReminderPreview
from kassa.core.money import Money


def print_policy(policy: PolicyRules) -> None:
    """Print a policy: its steps, and the rest in plain words."""
    shown = table("", ["Step", "Day", "By", "Tone"])
    shown.title = None
    for step in policy.steps:
        shown.add_row(step.name, day_of(step), step.channel.value, step.tone.value)
    console().print(shown)
    for line in _rest(policy):
        console().print(line, markup=False, soft_wrap=True)


def print_preview(preview: ReminderPreview) -> None:
    """Print a calendar, day by day, and what is held back."""
    screen = console()
    if preview.reminders:
        screen.print(_calendar(preview.reminders))
    else:
        screen.print("Nobody is reminded in these days.")
    for one in preview.held:
        reason = one.reason.replace("_", " ")
        screen.print(f"{one.number} of {one.customer_id} is left out: {reason}", markup=False)
    if not preview.is_complete:
        screen.print("There is more: name a customer, or ask for fewer days.", style="yellow")


def print_texts(preview: ReminderPreview) -> None:
    """Print what the reminders of a calendar say, each under its day and customer."""
    written = preview.texts or 0
    for one in preview.reminders[:written]:
        title = f"{one.on} {one.customer_id}, {one.step}, by {one.channel.value}"
        console().rule(escape(title), align="left", characters="-")
        for line in _words(one):
            is_link = "://" in line  # which is copied whole
            console().print(line, markup=False, highlight=False, soft_wrap=is_link)
    if written < len(preview.reminders):
        left = len(preview.reminders) - written
        say(f"{left} more aren't written here: name a customer, or ask for fewer days.")


def _words(one: PlannedReminder) -> Iterator[str]:
    if one.not_sent_because:
        yield f"It won't be sent as things stand: {one.not_sent_because.replace('_', ' ')}."
    if one.subject:
        yield f"Subject: {one.subject}"
    if one.text:
        yield from ("", *one.text.splitlines(), "")
    elif one.channel is Channel.LETTER:
        yield "A letter: it is typeset when it is sent."


def day_of(step: Step) -> str:
    """Return when a step is, in words."""
    if step.days == 0:
        return "on the due date"
    days = f"{abs(step.days)} day{'s' if abs(step.days) > 1 else ''}"
    return f"{days} {'before' if step.days < 0 else 'after'} it"


def _calendar(reminders: Iterable[PlannedReminder]) -> Table:
    shown = table("", ["Day", "Customer", "Step", "By", "Invoices", "Owed"])
    shown.title = None
    for one in reminders:
        numbers = ", ".join(each.number for each in one.invoices)
        owed = ", ".join(map(amount, one.amounts))
        shown.add_row(str(one.on), one.customer_id, one.step, one.channel.value, numbers, owed)
    return shown


def _rest(policy: PolicyRules) -> Iterator[str]:
    window = policy.window
    days = ", ".join(window.days) if len(window.days) < 7 else "every day"
    yield f"Sent from {window.first:%H:%M} until {window.until:%H:%M}, {days}."
    if policy.thresholds:
        yield f"Less than {_amounts(policy.thresholds)} isn't reminded of."
    if policy.due_from:
        yield f"What was due before {policy.due_from} is left alone."
    for fee in policy.late_fees:
        yield f"Fee {fee.name}: {_fee(fee)}, from {fee.after_days} days after it is due on."
    if policy.fee_caps:
        yield f"All fees of an invoice: {_amounts(policy.fee_caps)} at most."
    if policy.interest:
        of, days_late = policy.interest, policy.interest.from_days
        yield f"Interest: {of.annual_percent} % a year, from day {days_late} after it is due on."
    if policy.abandoned:
        yield f"Orders left unpaid are told of after {policy.abandoned.after_hours} hours."


def _fee(fee: LateFee) -> str:
    if fee.fixed_minor is not None:
        return amount(Money(amount_minor=fee.fixed_minor, currency=fee.currency))
    if fee.percent is not None:
        return f"{fee.percent} % of what is owed in {fee.currency}"
    return f"by what is owed in {fee.currency}"


def _amounts(amounts: tuple[Money, ...]) -> str:
    return ", ".join(map(amount, amounts))
