"""Live equals replay: a recorded log through Kafka gives record for record what the offline engine gives."""
