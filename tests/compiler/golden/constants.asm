rule always  obligations  on prompt  ; constants.gov:3:1
  0000  01          TRUE
  0001  3f          END

rule atoms_are_kept  block  on prompt  ; constants.gov:8:1
  guard profile  #1 is_true(request.stream)
  0000  01          TRUE
  0001  3106000000  JT    000c
  0006  1000000000  PRED  #0 is_true(device.managed)
  000b  22          OR
  000c  3006000000  JF    0017
  0011  1001000000  PRED  #1 is_true(request.stream)
  0016  21          AND
  0017  3f          END

rule double_negation  block  on prompt  ; constants.gov:13:1
  guard session  #0 is_true(device.managed)
  0000  1000000000  PRED  #0 is_true(device.managed)
  0005  3f          END

rule nested  block  on prompt  ; constants.gov:23:1
  guard session  #0 is_true(device.managed)
  guard profile  #2 is_true(request.sanctioned)
  0000  1000000000  PRED  #0 is_true(device.managed)
  0005  3011000000  JF    001b
  000a  1001000000  PRED  #1 is_true(request.stream)
  000f  21          AND
  0010  3006000000  JF    001b
  0015  1002000000  PRED  #2 is_true(request.sanctioned)
  001a  21          AND
  001b  3f          END

rule never  block  on prompt  ; constants.gov:18:1
  guard session  never
  guard profile  never
  guard call  never
  0000  00          FALSE
  0001  3f          END
