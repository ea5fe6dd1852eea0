"""From older rows to those of today: plain functions that read and write nothing."""
