"""`kassa messages`: every command of messages, from the modules beside this."""

import typer

from cli.messages import contacts, letters, mails, settings

app = typer.Typer(
    no_args_is_help=True,
    help="Messages: how they are sent, what they look like, who gets no more.",
)
app.add_typer(settings.app, name="settings")
app.add_typer(contacts.app, name="suppressions")
for one in (mails.commands, letters.commands, contacts.commands):
    app.registered_commands += one.registered_commands
