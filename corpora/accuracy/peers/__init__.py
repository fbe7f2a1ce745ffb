"""Other scanners on the same cases, where they are installed. Each runs in a process of its own."""

from corpora.accuracy.peers.run import PEERS, Peer, Ran, run

__all__ = ["PEERS", "Peer", "Ran", "run"]
