"""Keeps the dangerous doors shut: names shown as markup, SQL made of strings, code made of data, the network.

Each rule is a function from a syntax node to a sentence, or None. A line that has to pass a door says why:
`# door: the key is hexadecimal, PRAGMA takes no parameters`.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Iterator

from tools.sources import Source, sources

LABELS_HOME = "covidstation/ui/parts/labels.py"  # the one place that makes labels and tooltips: as plain text
LOOK_HOME = "covidstation/ui/look"
PASS = re.compile(r"#.*\bdoor: \S+")

LABEL_NAMES = {"QLabel", "QMessageBox", "QErrorMessage", "QInputDialog", "QProgressDialog", "QToolTip"}
TIP_CALLS = {"setToolTip", "setWhatsThis", "setStatusTip"}
PLAIN_TIP = "plain_tip"  # makes a tip's text plain
RICH_CALLS = {"setHtml", "insertHtml", "appendHtml", "setMarkdown"}
SQL_CALLS = {"text", "execute", "executemany", "executescript", "exec_driver_sql", "scalar", "scalars", "DDL"}
CODE_CALLS = {"eval", "exec", "compile", "__import__"}
SHELL_CALLS = {("os", "system"), ("os", "popen"), ("yaml", "load"), ("tempfile", "mktemp")}
DATA_AS_CODE = {"pickle", "marshal", "shelve", "dill", "cPickle", "cloudpickle"}
NETWORK = {"requests", "httpx", "aiohttp", "urllib3", "socket", "ftplib", "smtplib", "urllib.request", "http.client"}
XML = {"xml.etree", "xml.dom", "xml.sax.expatreader", "lxml"}
LOCAL_SOCKETS = {"QLocalServer", "QLocalSocket"}
TRANSLATE = {"_", "N_", "ngettext"}

Rule = Callable[[ast.AST, str], str | None]


def _called(node: ast.Call) -> str:
    """The last name of what is called: `execute` of `session.execute(...)`."""
    return _name(node.func)


def _dotted(node: ast.AST) -> tuple[str, str]:
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return node.value.id, node.attr
    return "", ""


def _put_together(node: ast.AST) -> bool:
    """True for text made of parts: an f-string with a hole, `+` or `%` on text, `.format()`, `.replace()`."""
    if isinstance(node, ast.JoinedStr):
        return any(isinstance(part, ast.FormattedValue) for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod):
        return any(_is_text(side) or _put_together(side) for side in (node.left, node.right))
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"format", "format_map", "replace", "join"}
    )


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def labels(node: ast.AST, path: str) -> str | None:
    """Qt takes a name with `<b>` in it for markup wherever its default text format is left."""
    if path == LABELS_HOME:
        return None
    if isinstance(node, ast.ClassDef) and LABEL_NAMES & {_name(base) for base in node.bases}:
        return f"a label of its own kind outside {LABELS_HOME}: text could be taken for markup"
    if isinstance(node, ast.Attribute) and (node.attr == "ToolTipRole" or _name(node.value) in LABEL_NAMES):
        return f"{_name(node.value)}.{node.attr} outside {LABELS_HOME}: text could be taken for markup"
    return _made_label(node) if isinstance(node, ast.Call) else None


def _made_label(call: ast.Call) -> str | None:
    name = _called(call)
    rich = name in LABEL_NAMES | RICH_CALLS or (name in TIP_CALLS and not (call.args and _plain_tip(call.args[0])))
    if rich:
        return f"{name}() outside {LABELS_HOME}: text could be taken for markup"
    if name == "addRow" and call.args and _put_together(call.args[0]):
        return "addRow() with text put together makes a label that may take it for markup"
    return None


def _name(node: ast.AST) -> str:
    """The last name of `QLabel` or `QtWidgets.QLabel`."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _plain_tip(node: ast.AST) -> bool:
    """Made plain, or a text of our own without an angle bracket."""
    if isinstance(node, ast.Call) and _called(node) in TRANSLATE and node.args:
        node = node.args[0]
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return "<" not in node.value
    return isinstance(node, ast.Call) and _called(node) == PLAIN_TIP


def styles(node: ast.AST, path: str) -> str | None:
    """A style sheet is a language: no data goes into it."""
    if not isinstance(node, ast.Call) or _called(node) != "setStyleSheet" or path.startswith(LOOK_HOME):
        return None
    return None if node.args and _is_plain_constant(node.args[0]) else f"setStyleSheet() with data outside {LOOK_HOME}"


def _is_plain_constant(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def markup(node: ast.AST, path: str) -> str | None:
    """ReportLab's Paragraph reads its text as XML, `<img src=file>` included; papers are set from plain strings."""
    if isinstance(node, ast.Call) and _called(node) in {"Paragraph", "XPreformatted"}:
        return f"{_called(node)}() reads a name as markup"
    return None


def sql(node: ast.AST, path: str) -> str | None:
    """Values go to SQL as parameters."""
    if isinstance(node, ast.Call) and _called(node) in SQL_CALLS and node.args and _put_together(node.args[0]):
        return f"{_called(node)}() with SQL put together: give the values as parameters"
    return None


def code_of_data(node: ast.AST, path: str) -> str | None:
    """Nothing that came from outside is run."""
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Name) and node.func.id in CODE_CALLS:
            return f"{node.func.id}() runs text as code"
        if _dotted(node.func) in SHELL_CALLS:
            return f"{'.'.join(_dotted(node.func))}() is not for data from outside"
        if any(word.arg == "shell" and not _is_false(word.value) for word in node.keywords):
            return "shell= gives text to a shell"
        if _called(node) == "extractall":
            return "extractall() writes wherever the archive says"
    return None


def _is_false(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is False


def imports(node: ast.AST, path: str) -> str | None:
    """No module that runs data, reads XML with its entities, or speaks to the network."""
    for name in _imported(node):
        if _within(name, DATA_AS_CODE):
            return f"{name} runs what it reads"
        if _within(name, XML):
            return f"{name} follows what an XML file tells it to open"
        if _within(name, NETWORK):
            return f"{name}: the station works with no network"
        if name.startswith("PySide6.QtNetwork.") and name.rpartition(".")[2] not in LOCAL_SOCKETS:
            return f"{name}: the station works with no network"
    return None


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module:
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return []


def _within(name: str, modules: set[str]) -> bool:
    return any(name == module or name.startswith(module + ".") for module in modules)


def translated(node: ast.AST, path: str) -> str | None:
    """A text put together before it is translated is never found in the catalogue."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id not in TRANSLATE:
        return None
    made = any(_put_together(word) for word in node.args[:2])
    return f"{node.func.id}() of text put together: use {{placeholders}}" if made else None


RULES: tuple[Rule, ...] = (labels, styles, markup, sql, code_of_data, imports, translated)


def open_doors(source: Source) -> Iterator[str]:
    """Every line of the file that leaves a door open, as `path:line: sentence`."""
    lines = source.lines
    for node in ast.walk(source.tree):
        for rule in RULES:
            said = rule(node, source.path)
            if said and not PASS.search(lines[getattr(node, "lineno", 1) - 1]):
                yield f"{source.path}:{getattr(node, 'lineno', 1)}: {said}"


def main() -> int:
    """Print the open doors of the program; 1 when there are any."""
    found = sorted({line for source in sources("covidstation") for line in open_doors(source)})
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
