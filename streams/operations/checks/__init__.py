"""What `intents check` looks at, one file a part."""
