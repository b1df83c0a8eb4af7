"""The parts that all pages are built of. Each shows plain text alone, asks the tokens, and works by keyboard."""
