"""What every enforcer does with decisions, whatever it speaks below: no socket, no client library.

decider     what transports see: plain requests and responses in, passages and refusals out
governor    a decider on an engine in this process, for one caller
routes      where rerouted requests go
translated  rerouted requests to providers of other formats, and their answers on the way back
record      what is put on record of a decision
reviews     slow detectors, after the decision
reload      the bundle file in force
"""
