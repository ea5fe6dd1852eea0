"""Articles and briefs as files to hand over; whether one may be taken is the caller's affair."""
