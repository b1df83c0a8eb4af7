"""Medicines taken day after day: what somebody takes, what is handed out, who runs out when, what to carry."""
