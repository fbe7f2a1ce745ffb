"""Who may speak to whom: the trust domain's names, its certificate authority, TLS contexts, and the device registry."""
