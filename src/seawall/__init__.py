"""Finds networks that trade CSAM and keeps buyers and sellers apart."""
