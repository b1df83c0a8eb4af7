"""The help: plain pages with pictures, shipped with the program, read without a network."""
