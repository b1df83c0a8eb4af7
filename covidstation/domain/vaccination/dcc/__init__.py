"""Vaccine certificates of the EU and WHO format, read from their QR: base45, zlib, CBOR, COSE, CWT (ADR 45)."""
