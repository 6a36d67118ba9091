"""What a shard says of its contacts: verdicts with explanations, alerts, panes, presence, facts for the customers shards."""
