"""The rounds: the grid of daily monitoring, answers to danger signs, and the course of one illness."""
