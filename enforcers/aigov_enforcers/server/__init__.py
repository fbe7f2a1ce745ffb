"""The server process: every request of an organisation to a model, decided behind mutual TLS.

config      one TOML file
secrets     credentials from the environment, a file or Vault

The data plane, on protocols of the event loop (a framework would cost more than all of governing):

proxy       what all connections share; its `door` makes the protocol of a new one
http1       a client's connection: bytes → `client.Arrived`, answers → bytes
exchange    the life of one request: who, which provider, the decision, the provider, the answer
upstream    pooled connections to providers; `addresses` that they may lead to, the `breaker` of one that fails
who         who asks; `callers` keeps their governors
targets     which provider a request means, and where that is
head        header lines, in and out
errors      what the server says itself
bounds      sizes and times that a peer is held to; the `sweeper` sees who is too late
"""
