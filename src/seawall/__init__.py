"""Finds networks that trade CSAM on a platform and keeps buyers and sellers apart."""
