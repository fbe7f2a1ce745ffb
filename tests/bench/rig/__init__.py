"""The rig of `bench_server`: a provider, the server and clients, each a process of its own."""
