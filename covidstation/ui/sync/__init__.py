"""Đồng bộ: carrying changes to the district by USB and its receipts back."""

from covidstation.ui.sync.page import SyncPage

__all__ = ["SyncPage"]
