"""Which items of the table the console writes beside refunds and sessions: what people do there."""

WRITTEN = {
    *("CONSOLEATTEMPT#*", "CONSOLEPERSON#*", "STAFFADDRESS#*", "STAFFIDENTITY#*"),
    *("PERSON#*", "PERSONS", "APIKEY#*", "FEEDBACK#*"),
    *("RULESDRAFT#*", "POLICY#*", "ROUTES#*", "REMINDERPOLICY#*"),
    *("CONSOLEVIEWS#*", "MESSAGESETTINGS#*", "CUSTOMER#*", "ERASURE#*", "MANUAL#*"),
    *("INVOICE#*", "REMINDERS#*", "DELIVERY#*", "PAYMENTNOTE#*", "REPORT#*#anomalies"),
}
