"""The template whole: template.yaml with its included parts where CloudFormation puts them.

`sam deploy` uploads the parts and AWS::Include puts them in. Whoever reads the template here, such
as a test, a linter or the embedded stack, reads this. `python -m infra.whole_template` writes it
where the linters look for it.
"""

import re
from pathlib import Path
from textwrap import indent

ROOT = Path(__file__).resolve().parents[1]
TEMPLATE = ROOT / "template.yaml"
WRITTEN = ROOT / ".kassa" / "whole_template.yaml"
_INCLUDE = re.compile(
    r"(?m)^( *)Fn::Transform: {Name: AWS::Include, Parameters: {Location: (\S+)}}\n"
)


_OF_PARTS = re.compile(r"(?m)^  cfn-lint: .*\n")  # what a linter can't know without the parts


def included(template: Path = TEMPLATE) -> list[str]:
    """Return the paths of the parts that a template includes, as it names them."""
    return [path for _, path in _INCLUDE.findall(template.read_text())]


def whole_template(template: Path = TEMPLATE) -> str:
    """Return the text of a template with every included part in its place.

    A linter is told to overlook nothing of it.
    """

    def part(found: re.Match[str]) -> str:
        return indent((template.parent / found[2]).read_text(), found[1])

    return _OF_PARTS.sub("", _INCLUDE.sub(part, template.read_text()))


if __name__ == "__main__":
    WRITTEN.parent.mkdir(exist_ok=True)
    WRITTEN.write_text(whole_template().replace("TemplateURL: infra/", "TemplateURL: ../infra/"))
