"""Link watch: a fetched page judged against what was agreed; plain rules, no network."""
