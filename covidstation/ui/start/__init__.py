"""Before the register is open: unlocking it, or founding it step by step."""
