"""Reading the help: the right page, its links and pictures, nothing from outside, and the way back."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QTextDocument
from PySide6.QtTest import QTest

from covidstation.i18n import use_language
from covidstation.ui.help.page import HelpPage
from covidstation.ui.help.reader import HelpReader
from covidstation.ui.help.topics import TOPICS, title_of
from covidstation.ui.help.view import HelpDialog, HelpView

IMAGE = QTextDocument.ResourceType.ImageResource.value


@pytest.fixture
def view(shown) -> HelpView:
    return shown(HelpView())


def test_each_page_can_be_read(view):
    titles = []
    view.shown.connect(titles.append)
    for topic in reversed(TOPICS):
        view.show_topic(topic)
        assert view.text.topic() == topic
        assert view.text.toPlainText().startswith(title_of(topic))
    assert titles[::-1] == [view.index.item(row).text() for row in range(view.index.count())]


def test_the_index_follows_a_link_and_backspace_goes_back(view):
    view.show_topic("start")
    view.text.anchorClicked.emit(QUrl("scan.md"))
    assert view.text.topic() == "scan"
    assert view.index.currentItem().text() == title_of("scan")
    QTest.keyClick(view, Qt.Key.Key_Backspace)
    assert view.text.topic() == "start"
    QTest.keyClick(view, Qt.Key.Key_Backspace)
    assert view.text.topic() == "start"


@pytest.mark.parametrize("target", ["https://example.org/scan.md", "file:///etc/passwd", "../vi/scan.md", "nothing.md"])
def test_other_links_do_nothing(view, target):
    view.show_topic("start")
    view.text.anchorClicked.emit(QUrl(target))
    assert view.text.topic() == "start"
    assert not view.text.openExternalLinks()


@pytest.mark.parametrize(
    "name",
    [
        "https://example.org/unlock-light.png",
        "file:///etc/passwd",
        "file://server/share/a.png",
        "../../fonts/IBMPlexSans-Regular.ttf",
        "../pictures/../../icons/logo.svg",
        "../pictures/none.png",
        "../pictures",
        "a\x00b.png",
    ],
)
def test_nothing_from_outside_the_pictures_is_loaded(view, name):
    view.show_topic("start")
    assert view.text.loadResource(IMAGE, QUrl(name)).isEmpty()


def test_only_pictures_are_loaded(view):
    view.show_topic("start")
    style = QTextDocument.ResourceType.StyleSheetResource.value
    assert view.text.loadResource(style, QUrl("../pictures/unlock-light.png")).isEmpty()


def test_the_pictures_wear_the_scheme(view, theme):
    view.show_topic("start")
    light = view.text.loadResource(IMAGE, QUrl("../pictures/unlock-light.png"))
    theme.choose("dark")
    dark = view.text.loadResource(IMAGE, QUrl("../pictures/unlock-light.png"))
    assert not light.isEmpty() and not dark.isEmpty() and light != dark
    assert view.text.topic() == "start"


def test_pictures_fit_into_the_smallest_place_where_help_is_read(shown, qtbot):
    dialog = shown(HelpDialog(None, "start"))
    for topic in TOPICS:
        dialog.view.show_topic(topic)
        qtbot.wait(1)
        assert dialog.view.text.horizontalScrollBar().maximum() == 0, topic


def test_english_has_the_same_pages(view):
    use_language("en")
    try:
        reader = HelpReader()
        for topic in TOPICS:
            reader.show_topic(topic)
            assert reader.toPlainText().startswith(title_of(topic))
    finally:
        use_language("vi")


def test_the_page_opens_what_belongs_to_the_screen_and_knows_the_way_back(shown):
    page = HelpPage()
    left = []
    page.left.connect(left.append)
    for screen, topic in (("sync", "sync"), ("book", "papers"), ("unheard of", "start")):
        page.open_for(screen)
        page.load()
        assert page.view.text.topic() == topic
        page.bar_actions()[-1].click()
        assert left[-1] == screen
    page.open_for("help")  # F1 in the help
    page.load()
    assert page.view.text.topic() == "start"


def test_escape_closes_the_help_of_the_lock(shown):
    dialog = shown(HelpDialog(None, "start"))
    assert title_of("start") in dialog.windowTitle()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.isHidden()
