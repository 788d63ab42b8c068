"""What the bot does for a ward, one file a duty. Use cases ask the edges for what they need through the Protocols in `needs.py`."""
