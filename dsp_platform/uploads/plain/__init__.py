"""Recordings without what a phone writes into them beside the sound: place, device, title, time.

Its modules import each other alone, and relatively: ``decode`` runs them outside of the site.
"""
