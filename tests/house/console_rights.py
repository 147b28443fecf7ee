"""Which items of the table the console writes beside refunds and sessions: what people do there."""

WRITTEN = {
    *("CONSOLEATTEMPT#*", "CONSOLEPERSON#*", "STAFFADDRESS#*", "STAFFIDENTITY#*"),
    *("PERSON#*", "PERSONS", "APIKEY#*", "FEEDBACK#*"),
    *("RULESDRAFT#*", "POLICY#*", "ROUTES#*", "REMINDERPOLICY#*"),
    *("INVOICE#*", "REMINDERS#*", "DELIVERY#*", "REPORT#*#anomalies"),
}
