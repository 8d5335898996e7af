"""The past on the screen: recordings that are played in the place of a session, and a run's own earlier pictures."""
