"""What the test suites of other replication systems ask, played over HTTP and over USB (docs/scenarios.md)."""
