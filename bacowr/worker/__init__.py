"""The door for the queue: tasks that carry ids."""
