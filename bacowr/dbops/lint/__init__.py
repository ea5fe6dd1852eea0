"""Migrations read before they run: what each statement locks, costs and loses."""
