"""What follows from the profiles: the anchor, the searches, the intents, the bridge."""
