"""Copies of the register and the ways back from them."""
