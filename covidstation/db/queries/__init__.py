"""What windows and commands may ask of the register: frozen answers, one file a subject."""
