"""F0: the form that registers and corrects, and the register of illnesses."""
