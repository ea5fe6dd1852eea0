"""The maintenance window: an application that says it is closed, and lets its work end first."""
