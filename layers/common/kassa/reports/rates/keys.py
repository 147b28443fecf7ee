"""Single-table key design, of what is entered for reports.

Entity           PK                                     SK
Month's rates    REPORT#<merchant_id>#RATES#<month>     VERSION#<6 digits>
Language         REPORT#<merchant_id>#LANGUAGE          VERSION#<6 digits>
Support case     REPORT#<merchant_id>#CASES#<month>     CASE#<gateway>#<case_id>
Case's month     REPORT#<merchant_id>#CASES#PLACES      CASE#<gateway>#<case_id>

Access pattern                            Method                  Served by
A month's rates as saved last             SavedRates.month        Query PK, newest first, consistent
A version of a month's rates taken once   SavedRates.save         PutItem if absent
The language as saved last                language                Query PK, newest first, consistent
The cases opened in a month               SupportCases.of_month   Query PK, consistent
The month in which a case stands          SupportCases.note       GetItem, consistent
A case noted, noted again, or moved       SupportCases.note       PutItem on the versions read
"""

from kassa.platform.keys import Key


def month_rates(merchant_id: str, month: str, version: int) -> Key:
    """Return the key of a version of a month's rates; padded, so that they sort."""
    return Key(f"REPORT#{merchant_id}#RATES#{month}", f"VERSION#{version:06d}")


def language(merchant_id: str, version: int) -> Key:
    """Return the key of a version of the language that reports are written in."""
    return Key(f"REPORT#{merchant_id}#LANGUAGE", f"VERSION#{version:06d}")


def support_case(merchant_id: str, month: str, gateway: str = "", case_id: str = "") -> Key:
    """Return the key of a case by the month in which it was opened, such as 2026-11."""
    return Key(f"REPORT#{merchant_id}#CASES#{month}", f"CASE#{gateway}#{case_id}")


def case_place(merchant_id: str, gateway: str, case_id: str) -> Key:
    """Return the key of what says in which month a case stands."""
    return support_case(merchant_id, "PLACES", gateway, case_id)
