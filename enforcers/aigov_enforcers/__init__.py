"""Where policy meets traffic: who asks (`identity`), who may connect (`transport`), how providers speak (`wire`),
what both enforcers do with that (`governing`), the hook in clients (`sdk`)."""
