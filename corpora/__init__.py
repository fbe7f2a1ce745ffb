"""Inputs that several rooms are judged on: what a policy means (`conformance`), what detectors find (`accuracy`)."""
