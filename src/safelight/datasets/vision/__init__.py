"""Models that look at pictures on another machine: any server that speaks OpenAI's protocol."""
