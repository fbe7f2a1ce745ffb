"""Where policy meets traffic: who asks (`identity`), how providers speak (`wire`), the hook in clients (`sdk`)."""
