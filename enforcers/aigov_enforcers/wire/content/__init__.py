"""What a message carries besides the JSON of its body, and what that JSON comes wrapped in."""
