"""The doors below the windows: SQL, code, programs, archives, XML, JSON, the network, keys (see `tools.doors`)."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable

Rule = Callable[[ast.AST, str], str | None]

JSON_HOME = "covidstation/domain/canonical.py"  # the one place that reads JSON from outside: ValueError and no other

INVENTED = "/training"  # invented people, the same for the same seed

OUR_JSON = {"value", "unpack", "to_json"}

SQL_CALLS = {"text", "execute", "executemany", "executescript", "exec_driver_sql", "scalar", "scalars", "DDL"}
SQL_TEXTS = {"text", "executescript", "exec_driver_sql", "DDL", "literal_column"}  # take SQL as text and nothing else
SQL_START = re.compile(
    r"\s*(select\b.*\bfrom|insert\s+(or\s+\w+\s+)?into|update\s.*\bset|delete\s+from|replace\s+into"
    r"|(create|alter|drop)\s+(temp\s+)?(table|index|trigger|view|virtual)|pragma|attach|vacuum|reindex)\b",
    re.IGNORECASE | re.DOTALL,
)
CODE_CALLS = {"eval", "exec", "compile", "__import__"}
BANNED_CALLS = {
    "os.system": "runs a shell",
    "os.popen": "runs a shell",
    "yaml.load": "makes objects of data",
    "tempfile.mktemp": "gives a name that somebody else may take first",
    "shutil.unpack_archive": "writes wherever the archive says",
    "ssl._create_unverified_context": "talks to anybody",
    "hashlib.md5": "is broken",
    "hashlib.sha1": "is broken",
}
EXTRACTS = {"extractall", "extract"}
PROGRAMS = {"subprocess", "multiprocessing", "pty", "ctypes", "runpy", "code", "codeop"}
PROGRAM_CALLS = re.compile(r"os\.(exec[lv]p?e?|spawn[lv]p?e?|posix_spawnp?|fork|forkpty)|importlib\.import_module")
DATA_AS_CODE = {"pickle", "marshal", "shelve", "dill", "cPickle", "cloudpickle", "jsonpickle"}
NETWORK = {
    *("requests", "httpx", "aiohttp", "urllib3", "socket", "ftplib", "smtplib", "telnetlib", "imaplib", "poplib"),
    *("urllib.request", "http.client", "http.server", "xmlrpc", "socketserver", "webbrowser"),
}
XML = {"xml.etree", "xml.dom", "xml.sax.expatreader", "xml.sax.parse", "xml.sax.parseString", "xml.parsers", "lxml"}
QT_XML = {"QXmlStreamReader", "QDomDocument", "QSvgRenderer", "QSvgWidget"}
QT_WEB = ("PySide6.QtWebEngine", "PySide6.QtWebSockets", "PySide6.QtWebView")
LOCAL_SOCKETS = {"QLocalServer", "QLocalSocket"}
SECRET = re.compile(r"(^|_)(secret|passphrase|password|token|mac|hmac|signature|pin)$")


def called(node: ast.Call) -> str:
    """The last name of what is called: `execute` of `session.execute(...)`."""
    return last_name(node.func)


def last_name(node: ast.AST) -> str:
    """The last name of `QLabel` or `QtWidgets.QLabel`."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def dotted_name(node: ast.AST) -> str:
    """`os.system` of two names with a dot, else nothing."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return f"{node.value.id}.{node.attr}"
    return ""


def is_text(node: ast.AST) -> bool:
    """A text written in the code, with or without holes."""
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def put_together(node: ast.AST) -> bool:
    """True for text made of parts: an f-string with a hole, `+` or `%` on text, `.format()`, `.replace()`."""
    if isinstance(node, ast.JoinedStr):
        return any(isinstance(part, ast.FormattedValue) for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod):
        return any(is_text(side) or put_together(side) for side in (node.left, node.right))
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"format", "format_map", "replace", "join"}
    )


def markup(node: ast.AST, path: str) -> str | None:
    """ReportLab's Paragraph reads its text as XML, `<img src=file>` included; papers are set from plain strings."""
    if isinstance(node, ast.Call) and called(node) in {"Paragraph", "XPreformatted"}:
        return f"{called(node)}() reads a name as markup"
    return None


def sql(node: ast.AST, path: str) -> str | None:
    """Values go to SQL as parameters, and SQL stands in the code as it is run."""
    if isinstance(node, ast.Call) and called(node) in SQL_CALLS and node.args:
        if put_together(node.args[0]):
            return f"{called(node)}() with SQL put together: give the values as parameters"
        if _takes_sql(node) and isinstance(node.args[0], ast.Name | ast.Attribute | ast.Subscript):
            return f"{called(node)}() with SQL from elsewhere: write it out"
        return None
    if put_together(node) and SQL_START.match(_first_text(node)):
        return "SQL put together: give the values as parameters"
    return None


def _takes_sql(node: ast.Call) -> bool:
    """A call that takes SQL as text; `row.text(cell)` is none."""
    if called(node) == "text":
        return isinstance(node.func, ast.Name) or dotted_name(node.func) in ("sa.text", "sqlalchemy.text")
    return called(node) in SQL_TEXTS


def _first_text(node: ast.AST) -> str:
    """What a text made of parts begins with, holes as `{}`."""
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    if isinstance(node, ast.BinOp):
        return _first_text(node.left) + " {}"
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return _first_text(node.func.value)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def code_of_data(node: ast.AST, path: str) -> str | None:
    """Nothing that came from outside is run, nor unpacked where it wants to be."""
    if not isinstance(node, ast.Call):
        return None
    name = last_name(node.func)
    if name in CODE_CALLS and (isinstance(node.func, ast.Name) or dotted_name(node.func).startswith("builtins.")):
        return f"{name}() runs text as code"
    if dotted_name(node.func) in BANNED_CALLS:
        return f"{dotted_name(node.func)}() {BANNED_CALLS[dotted_name(node.func)]}"
    if PROGRAM_CALLS.fullmatch(dotted_name(node.func)):
        return f"{dotted_name(node.func)}() starts what the text names"
    if any(word.arg == "shell" and not _is_constant(word.value, False) for word in node.keywords):
        return "shell= gives text to a shell"
    return f"{called(node)}() writes wherever the archive says" if called(node) in EXTRACTS else None


def _is_constant(node: ast.AST, value: object) -> bool:
    return isinstance(node, ast.Constant) and node.value is value


def trust(node: ast.AST, path: str) -> str | None:
    """Who is at the other end is looked at, and secrets are compared in a time that tells nothing of them."""
    if isinstance(node, ast.keyword) and node.arg in ("verify", "check_hostname") and _is_constant(node.value, False):
        return f"{node.arg}=False talks to anybody"
    if isinstance(node, ast.Attribute) and node.attr == "CERT_NONE":
        return "CERT_NONE talks to anybody"
    if isinstance(node, ast.Compare) and all(isinstance(op, ast.Eq | ast.NotEq) for op in node.ops):
        sides = (node.left, *node.comparators)
        named = any(SECRET.search(last_name(side)) for side in sides)
        if named and not any(isinstance(side, ast.Constant) for side in sides):
            return "a secret compared with ==: use hmac.compare_digest"
    return None


def json_of_strangers(node: ast.AST, path: str) -> str | None:
    """json.loads() ends in RecursionError for `[[[…`, takes NaN and a key twice; `canonical.decode` does not."""
    if path == JSON_HOME or not isinstance(node, ast.Call):
        return None
    if dotted_name(node.func) in ("json.loads", "json.load") and not _is_ours(node.args[:1]):
        return f"{dotted_name(node.func)}() outside {JSON_HOME}: use its decode()"
    return None


def _is_ours(arguments: list[ast.expr]) -> bool:
    """A row's value, unpacked or not, or what we have just written."""
    return any(last_name(one.func if isinstance(one, ast.Call) else one) in OUR_JSON for one in arguments)


def imports(node: ast.AST, path: str) -> str | None:
    """No module that runs data or programs, reads XML with its entities, or speaks to the network."""
    for name in _imported(node):
        for modules, why in _WHY:
            if _within(name, modules):
                return f"{name} {why}"
        if _within(name, {"random"}) and INVENTED not in path:
            return f"{name} can be guessed: what nobody may guess comes from secrets"
        qt = name.rpartition(".")[2]
        remote = name.startswith("PySide6.QtNetwork.") and qt not in LOCAL_SOCKETS
        if remote or name.startswith(QT_WEB):
            return f"{name}: the station works with no network"
        if name.startswith("PySide6.") and qt in QT_XML:
            return f"{name} reads XML"
    return None


_WHY = (
    (DATA_AS_CODE, "runs what it reads"),
    (XML, "follows what an XML file tells it to open"),
    (NETWORK, "speaks to the network: the station works with none"),
    (PROGRAMS, "runs other programs or code"),
)


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module:
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return []


def _within(name: str, modules: set[str]) -> bool:
    return any(name == module or name.startswith(module + ".") for module in modules)


RULES: tuple[Rule, ...] = (markup, sql, code_of_data, trust, json_of_strangers, imports)
