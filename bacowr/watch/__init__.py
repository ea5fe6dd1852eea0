"""Link watch: published links are looked at again and again, and what changed is told."""
