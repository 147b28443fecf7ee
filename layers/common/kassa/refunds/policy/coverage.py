"""Which requests reach which row of a policy, and which row decides where two would.

It is exact, on the boxes of `policy_boxes`; a budget bounds the work and reports what it cut.
"""

from collections.abc import Iterator

from kassa.refunds.policy.coverage_grid import Box, Budget, Grid, TooComplex, overlap
from kassa.refunds.policy.findings import Finding, Severity, finding, scores_of
from kassa.refunds.policy.inputs import SCORES
from kassa.refunds.policy.model import OTHERWISE, Outcome, RefundPolicy


class Coverage:
    """Which requests reach which row."""

    def __init__(self, policy: RefundPolicy, budget: Budget) -> None:
        self._policy, self._budget, self._grid = policy, budget, Grid(policy)
        self._hit: dict[str, list[Box]] = {}  # what each row decides, where that is known

    def findings(self) -> Iterator[Finding]:
        """Yield what coverage shows, row by row; what couldn't be looked at is named at the end."""
        unchecked: list[str] = []
        for check in (self._row, self._by_score, self._wins):
            for number, rule in enumerate(self._policy.rules):
                try:
                    yield from check(number)
                except TooComplex:
                    unchecked.append(rule.rule_id)
        try:
            yield from self._gap()
        except TooComplex:
            unchecked.append(OTHERWISE)
        if unchecked:
            rows = ", ".join(dict.fromkeys(unchecked))
            text = f"too complex to check whether every row is reached, and by what: {rows}"
            yield finding(Severity.WARNING, unchecked[0], text)

    def _row(self, number: int) -> Iterator[Finding]:
        """Find out whether a row is ever reached."""
        rule, rows = self._policy.rules[number], self._grid.rows
        possible = overlap(self._grid.universe, rows[number])
        hit = self._grid.left_of(possible, rows[:number], self._budget)
        self._hit[rule.rule_id] = hit
        if not possible:
            text = "can never hold: a range is empty, or its conditions exclude each other"
            yield finding(Severity.ERROR, rule.rule_id, text)
        elif not hit:
            text = f"is never reached: {self._takers(possible, number)} before it"
            yield finding(Severity.ERROR, rule.rule_id, text)

    def _takers(self, possible: list[Box], number: int) -> str:
        """Name the earlier row that takes everything of a later one, or all that take a part."""
        common = {
            rule.rule_id: overlap(possible, row)
            for rule, row in zip(self._policy.rules[:number], self._grid.rows, strict=False)
        }
        alone = next((rule_id for rule_id, both in common.items() if both == possible), None)
        if alone:
            return f"{alone} takes all its requests"
        takers = [rule_id for rule_id, both in common.items() if both]
        return f"{', '.join(takers)} together take all its requests"

    def _by_score(self, number: int) -> Iterator[Finding]:
        """Find rows that reject what an earlier row left to them only because of a score."""
        rule, hit = self._policy.rules[number], self._hit.get(self._policy.rules[number].rule_id)
        if rule.then is not Outcome.REJECT or scores_of(rule) or not hit:
            return
        for other in self._policy.rules[:number]:
            self._budget.spend(len(hit))
            by_score = other.then is Outcome.APPROVE and scores_of(other)
            both = overlap(hit, self._grid.box(other, leave_out=SCORES)) if by_score else []
            if both:
                witness, case = self._grid.example(both)
                text = f"rejects what only a score kept {other.rule_id} from taking, e.g. {case}"
                yield finding(Severity.WARNING, rule.rule_id, text, witness)

    def _wins(self, number: int) -> Iterator[Finding]:
        """Find later rows that would decide otherwise what this row takes.

        A special case before the general one is how such tables are meant, and no finding. To
        escalate first is the safe side, so that is reported but not warned of.
        """
        rule, rows = self._policy.rules[number], self._grid.rows
        beaten: list[str] = []
        cases: list[Box] = []
        hit = self._hit.get(rule.rule_id, [])
        for later, row in list(zip(self._policy.rules, rows, strict=True))[number + 1 :]:
            if later.then is rule.then or overlap([rows[number]], row) == [rows[number]]:
                continue
            self._budget.spend(len(hit))
            common = overlap(hit, row)
            if common and self._hit.get(later.rule_id):
                beaten.append(later.rule_id)
                cases = cases or common
        if beaten:
            witness, case = self._grid.example(cases)
            is_safe = rule.then is Outcome.ESCALATE
            text = f"is to {rule.then} and wins over {', '.join(beaten)}, e.g. for {case}"
            severity = Severity.NOTICE if is_safe else Severity.WARNING
            yield finding(severity, rule.rule_id, text, witness)

    def _gap(self) -> Iterator[Finding]:
        """Find what falls through to the last word."""
        rest = self._grid.left_of(self._grid.universe, self._grid.rows, self._budget)
        if rest:
            witness, case = self._grid.example(rest)
            text = f"decides ({self._policy.otherwise}) what no rule takes, e.g. {case}"
            yield finding(Severity.NOTICE, OTHERWISE, text, witness)
