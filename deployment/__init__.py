"""What a trust's IT team needs to run Ward Rhythms in its own tenant; `python -m deployment --help` lists it."""
