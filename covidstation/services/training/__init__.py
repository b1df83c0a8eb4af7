"""A believable commune for training, made anew from a seed."""
