"""How well do the standard detectors find what they are for?

    values, examples ──┐
    carriers ──────────┼─> cases ──scan──> findings ──score──> figures ──> tables, HTML, JSON, floors
    negatives ─────────┤             └── peers ──┘
    hand-written cases ┘

Values, carriers and negatives are written from vendors' documentation and public standards, apart from the detectors.
The only values that come from the library are those of `examples`; the figures keep the two apart.
"""
