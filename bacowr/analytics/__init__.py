"""What the work amounts to: figures of orders, costs, quality and links; it only reads."""
