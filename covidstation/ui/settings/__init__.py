"""Cài đặt: the station, its places, the texts of the law, looks, users, backup, checks."""

from covidstation.ui.settings.page import SettingsPage

__all__ = ["SettingsPage"]
