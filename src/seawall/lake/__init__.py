"""Columnar tables of one activity and the queries over them."""
