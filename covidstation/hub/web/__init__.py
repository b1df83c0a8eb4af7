"""The hub over HTTP: sync for stations, pages for people."""
