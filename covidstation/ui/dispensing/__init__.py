"""Medicines taken day after day: prescribing, handing out, what somebody takes, who runs out."""
