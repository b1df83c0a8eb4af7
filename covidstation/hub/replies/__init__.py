"""What a station gets back: receipts, certificates, its own lines."""
