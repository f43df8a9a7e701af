"""Writes of the loop. ``report`` makes a case, ``act`` does one verb; each is one transaction."""
