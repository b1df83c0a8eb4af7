"""The register's fixtures."""

from tests.services.fixtures import catalog, db, folder, register, stick, template

__all__ = ["catalog", "db", "folder", "register", "stick", "template"]


def pytest_configure(config):
    """The offscreen platform says this of every window of fixed size; it means nothing there."""
    config.addinivalue_line("qt_log_ignore", "This plugin does not support propagateSizeHints")
