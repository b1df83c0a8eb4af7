"""What is measured, one command each: `./run bench NAME` prints JSON with medians (docs/performance.md)."""
