"""Keeps the dangerous doors shut: names shown as markup, SQL made of strings, code made of data, the network.

Each rule is a function from a syntax node to a sentence, or None. A line that has to pass a door says why, in
words: `# door: the key is hexadecimal, PRAGMA takes no parameters`. A reason on a line that passes no door is
taken out again. The doors of windows are here, all others in `tools.doors_code`.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator

from tools import doors_code
from tools.doors_code import Rule, called, dotted_name, is_text, last_name, put_together
from tools.sources import Source, sources

LABELS_HOME = "covidstation/ui/parts/labels.py"  # the one place that makes labels and tooltips: as plain text
LOOK_HOME = "covidstation/ui/look"
PASS = re.compile(r"#.*\bdoor: (?:\S+ +)+\S+")
MARK = re.compile(r"#.*\bdoor:")

LABEL_NAMES = {
    *("QLabel", "QMessageBox", "QErrorMessage", "QInputDialog", "QProgressDialog", "QToolTip", "QSplashScreen"),
    *("QTextEdit", "QTextBrowser", "QGraphicsTextItem", "QSystemTrayIcon"),
}
TIP_CALLS = {"setToolTip", "setWhatsThis", "setStatusTip"}
PLAIN_TIP = "plain_tip"  # makes a tip's text plain
RICH_CALLS = {"setHtml", "insertHtml", "appendHtml", "setMarkdown", "insertMarkdown"}
RICH_FORMATS = {"RichText", "AutoText", "MarkdownText"}
TRANSLATE = {"_", "N_", "ngettext"}


def labels(node: ast.AST, path: str) -> str | None:
    """Qt takes a name with `<b>` in it for markup wherever its default text format is left."""
    if path == LABELS_HOME:
        return None
    if isinstance(node, ast.ClassDef) and LABEL_NAMES & {last_name(base) for base in node.bases}:
        return f"a label of its own kind outside {LABELS_HOME}: text could be taken for markup"
    if isinstance(node, ast.Attribute) and _rich_name(node):
        return f"{last_name(node.value)}.{node.attr} outside {LABELS_HOME}: text could be taken for markup"
    return _made_label(node) if isinstance(node, ast.Call) else None


def _rich_name(node: ast.Attribute) -> bool:
    """A way to rich text by a name alone: the role of a tip, a text format, what belongs to a label's class."""
    rich_format = node.attr in RICH_FORMATS and last_name(node.value) in ("TextFormat", "Qt")
    return node.attr == "ToolTipRole" or rich_format or last_name(node.value) in LABEL_NAMES


def _made_label(call: ast.Call) -> str | None:
    name = called(call)
    rich = name in LABEL_NAMES | RICH_CALLS or (name in TIP_CALLS and not (call.args and _plain_tip(call.args[0])))
    if rich:
        return f"{name}() outside {LABELS_HOME}: text could be taken for markup"
    if name == "addRow" and call.args and put_together(call.args[0]):
        return "addRow() with text put together makes a label that may take it for markup"
    return None


def _plain_tip(node: ast.AST) -> bool:
    """Made plain, or a text of our own without an angle bracket."""
    if isinstance(node, ast.Call) and called(node) in TRANSLATE and node.args:
        node = node.args[0]
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return "<" not in node.value
    return isinstance(node, ast.Call) and called(node) == PLAIN_TIP


def styles(node: ast.AST, path: str) -> str | None:
    """A style sheet is a language: no data goes into it."""
    if not isinstance(node, ast.Call) or called(node) != "setStyleSheet" or path.startswith(LOOK_HOME):
        return None
    return None if node.args and _is_plain_constant(node.args[0]) else f"setStyleSheet() with data outside {LOOK_HOME}"


def _is_plain_constant(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def actions(node: ast.AST, path: str) -> str | None:
    """A tool button shows its action's text as a tip, and Qt takes a tip with `<b>` in it for markup."""
    if not isinstance(node, ast.Call) or called(node) != "QAction" or not node.args:
        return None
    texts = [one for one in node.args if is_text(one) or isinstance(one, ast.Name | ast.Call)]
    made = any(put_together(one) or (isinstance(one, ast.Call) and called(one) == "format") for one in texts)
    return "QAction() of text put together: its tip could be taken for markup" if made else None


def opened(node: ast.AST, path: str) -> str | None:
    """What Windows does with an address or a file is decided by the address, not by us."""
    if not isinstance(node, ast.Call):
        return None
    if called(node) in ("openUrl", "startfile", "startDetached") or dotted_name(node.func) == "webbrowser.open":
        return f"{called(node)}() opens whatever the text names"
    return None


def translated(node: ast.AST, path: str) -> str | None:
    """A text put together before it is translated is never found in the catalogue."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id not in TRANSLATE:
        return None
    made = any(put_together(word) for word in node.args[:2])
    return f"{node.func.id}() of text put together: use {{placeholders}}" if made else None


RULES: tuple[Rule, ...] = (labels, actions, styles, opened, translated, *doors_code.RULES)


def open_doors(source: Source) -> Iterator[str]:
    """Every line of the file that leaves a door open, as `path:line: sentence`; and every reason without a door."""
    lines = source.lines
    spans = _spans(source.tree)
    passed: set[int] = set()
    for node in ast.walk(source.tree):
        at: int = getattr(node, "lineno", 1)
        for said in filter(None, (rule(node, source.path) for rule in RULES)):
            span = spans.get(at, range(at, at + 1))
            passed.update(span)
            if not any(PASS.search(lines[line - 1]) for line in span):
                yield f"{source.path}:{at}: {said}"
    for at, line in enumerate(lines, start=1):
        if MARK.search(line) and at not in passed:
            yield f"{source.path}:{at}: a reason for a door that this line does not pass"


def _spans(tree: ast.Module) -> dict[int, range]:
    """For each line, those of the simple statement that it is a part of: a reason stands on any of them."""
    return {
        line: range(statement.lineno, (statement.end_lineno or statement.lineno) + 1)
        for statement in ast.walk(tree)
        if isinstance(statement, ast.stmt) and not hasattr(statement, "body")
        for line in range(statement.lineno, (statement.end_lineno or statement.lineno) + 1)
    }


def main() -> int:
    """Print the open doors of the program; 1 when there are any."""
    found = sorted({line for source in sources("covidstation") for line in open_doors(source)})
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
