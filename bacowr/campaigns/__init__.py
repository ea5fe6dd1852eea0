"""What work is planned: campaigns, templates of orders, and schedules."""
