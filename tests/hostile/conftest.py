"""The register's fixtures."""

from tests.services.fixtures import catalog, db, folder, register, stick, template

__all__ = ["catalog", "db", "folder", "register", "stick", "template"]
