rule equality  allow  on prompt  flag allows  ; comparisons.gov:9:1
  guard profile  #0 string_in(request.provider == "openai")
  0000  1000000000  PRED  #0 string_in(request.provider == "openai")
  0005  3007000000  JF    0011
  000a  1001000000  PRED  #1 string_in(user.assurance == "none")
  000f  20          NOT
  0010  21          AND
  0011  3f          END

rule globs_and_affixes  allow  on prompt  flag allows  ; comparisons.gov:14:1
  guard profile  #2 string_like(request.model like any approved) | #3 string_suffix(request.host ends with ".example.com")
  0000  1002000000  PRED  #2 string_like(request.model like any approved)
  0005  3106000000  JT    0010
  000a  1003000000  PRED  #3 string_suffix(request.host ends with ".example.com")
  000f  22          OR
  0010  3f          END

rule integers  allow  on prompt  flag allows  ; comparisons.gov:19:1
  guard call  #6 int_lt(session.turn < 3)
  0000  1004000000  PRED  #4 int_lt(request.bytes < 10)
  0005  20          NOT
  0006  3012000000  JF    001d
  000b  1005000000  PRED  #5 int_eq(request.bytes == 20)
  0010  20          NOT
  0011  21          AND
  0012  3006000000  JF    001d
  0017  1006000000  PRED  #6 int_lt(session.turn < 3)
  001c  21          AND
  001d  3f          END

rule optional_attribute  reroute  on prompt  ; comparisons.gov:24:1
  guard session  #8 string_in(user.region in ["eu", "ch"])
  0000  1007000000  PRED  #7 known(user.region is known)
  0005  3006000000  JF    0010
  000a  1008000000  PRED  #8 string_in(user.region in ["eu", "ch"])
  000f  21          AND
  0010  3f          END

rule sets  obligations  on prompt  ; comparisons.gov:29:1
  guard session  #9 set_any(user.groups has "eng")
  0000  1009000000  PRED  #9 set_any(user.groups has "eng")
  0005  3007000000  JF    0011
  000a  100a000000  PRED  #10 set_all(user.groups has all ["intern", "temp"])
  000f  20          NOT
  0010  21          AND
  0011  3f          END
