"""A chart's labels stand within it, however many days a window has."""

import re
from datetime import date

from kassa.archive.tallies import Tally
from kassa.core.periods import Period
from kassa.reports.charts import WIDTH, step_bars
from kassa.reports.summary.summary import summarise

LETTER = 9  # of a label, at most


def test_a_window_s_last_day_is_labelled_within_the_chart() -> None:
    window = Period.window(date(2026, 11, 1), date(2026, 11, 25), "UTC")
    (summary,) = summarise(Tally(payments={"EUR": 1}), window)

    label = r'<text x="([0-9.]+)" y="[0-9]+" text-anchor="(middle|end)">([^<]+)<'
    *others, last = re.findall(label, step_bars(summary, window))
    assert last == (str(WIDTH), "end", "25 Nov")
    assert len(others) == 8
    for x, _, text in others:
        assert float(x) + LETTER * len(text) / 2 <= WIDTH
