"""`make demo`: the official clients under the hook, against an upstream that records what reaches it."""
