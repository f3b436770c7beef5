"""Recordings without what a phone writes into them beside the sound: place, device, title, time."""
