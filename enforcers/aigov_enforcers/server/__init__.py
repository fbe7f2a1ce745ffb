"""The server process: every request of an organisation to a model, decided behind mutual TLS.

config      one TOML file; `secrets` are in the environment, a file or Vault
setup       all that is loaded and checked before anything starts
serve       the whole; `workers` are its processes, `process` what they share, `board` what they tell each other
worker      the data plane behind mutual TLS
control     the control API, `health` for operators, the bundle kept current by `bundles`
certifying  certificates for devices; `exchanging` identity tokens for people; `deciding` for who sends himself; the
            `door` is what they share, `openapi` describes them
enrolled    who asks, by the registry of devices
limits      counters of use, as attributes for policy
account     what becomes of each decision: `metrics`, `logs`, and the record in a `sink`

The data plane, on protocols of the event loop (a framework would cost more than all of governing):

proxy       what all connections share; its `door` makes the protocol of a new one
http1       a client's connection: bytes → `client.Arrived` (checked by `incoming`), answers → bytes
front       the door: which version of HTTP; `http2` is the same in HTTP/2
exchange    the life of one request: who, which provider, the decision, the provider, the answer
websocket   the same for a connection that has become one
upstream    pooled connections to providers; `connection` is one, `addresses` where they lead, `breaker` when one fails
who         who asks; `callers` keeps their governors
targets     which provider a request means, and where that is
head        header lines, in and out
errors      what the server says itself
bounds      sizes and times that a peer is held to; the `sweeper` sees who is too late
"""
