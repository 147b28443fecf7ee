"""What a filter of payments comes to, its payments as a file, and filters saved under a name.

All of them are read for it, so it is asked for by itself; a day of very many is cut, and says so.
"""

from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from kassa.api import payment_lists
from kassa.api.payment_lists import WholeDay
from kassa.console.forms import read_form
from kassa.console.pages.payments import listed as list_page
from kassa.console.reading.read_filter import Asked, read_filter
from kassa.console.render import page, redirect
from kassa.console.views import view_store
from kassa.console.views.saved_view import SavedView
from kassa.console.visit import visit_of
from kassa.core.errors import NotFound
from kassa.platform.settings import settings
from kassa.platform.telemetry import time_left_s

routes = Router()  # type: ignore[no-untyped-call]
READ_MAX = 5_000  # payments; what they take stays below what the API waits for
RESERVE_S = 8.0  # kept back for adding up and writing
FORMS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@routes.get("/console/payments/totals")
def get_totals() -> Response[str]:
    """Show how many payments a filter has and what they come to, by currency."""
    from kassa.console.views import payment_files  # XlsxWriter, for these alone

    visit = visit_of(routes)
    asked = read_filter(visit.query)
    found = _read(asked)
    shown: dict[str, Any] = {
        "totals": payment_files.totals(found.payments, visit.texts),
        "is_whole": found.is_whole,
        "count": visit.texts.number(len(found.payments)),
        "links": list_page.Links(asked.day, asked.chosen, asked.today),
    }
    return page(visit, "totals.html", "payments", **shown)


@routes.get("/console/payments/files/<form>")
def get_file(form: str) -> Response[Any]:
    """Answer a filter's payments as a file; one that lacks some has it in its name."""
    from kassa.console.views import payment_files

    if form not in FORMS:
        raise NotFound(f"there is no file of payments as {form[:20]}")
    asked = read_filter(visit_of(routes).query)
    found = _read(asked)
    write = payment_files.as_csv if form == "csv" else payment_files.as_workbook
    name = f"payments-{asked.day}{'' if found.is_whole else '-newest-only'}.{form}"
    named = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(200, FORMS[form], write(found.payments), headers=named)


@routes.post("/console/payments/save")
def post_save() -> Response[str]:
    """Keep the filter that is shown under a name, for whoever asks alone."""
    visit = visit_of(routes)
    chosen = read_filter(visit.form).chosen
    kept = {name: getattr(chosen, name) for name in list_page.FILTERS}
    view = read_form(SavedView, kept | {"name": " ".join(visit.form.get("name", "").split())})
    view_store.save(settings().merchant_id, visit.signed_in.person.person_id, view)
    return redirect(f"/console/payments?{list_page.query_of(view)}")


@routes.post("/console/payments/forget")
def post_forget() -> Response[str]:
    """Forget a saved filter."""
    visit = visit_of(routes)
    name = visit.form.get("name", "")
    view_store.forget(settings().merchant_id, visit.signed_in.person.person_id, name)
    return redirect("/console/payments")


def _read(asked: Asked) -> WholeDay:
    context = routes.lambda_context
    return payment_lists.whole_day(
        asked.day, asked.chosen, READ_MAX, lambda: time_left_s(context)() > RESERVE_S
    )
