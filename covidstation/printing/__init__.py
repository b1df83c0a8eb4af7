"""Papers as PDF bytes, drawn from frozen views alone: no markup, no files but the shipped fonts, no network."""
