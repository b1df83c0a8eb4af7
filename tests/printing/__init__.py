"""The papers, measured."""
