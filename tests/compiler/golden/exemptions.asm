rule secrets_stay_home  block  on prompt  ; exemptions.gov:3:1
  guard profile  #0 string_in(request.provider == "openai")
  0000  1000000000  PRED  #0 string_in(request.provider == "openai")
  0005  302b000000  JF    0035
  000a  1001000000  PRED  #1 set_any(user.groups has "support")
  000f  20          NOT
  0010  21          AND
  0011  301f000000  JF    0035
  0016  1002000000  PRED  #2 set_any(user.groups has "migration")
  001b  3007000000  JF    0027
  0020  1003000000  PRED  #3 int_gt(the day is after 2027-03-31)
  0025  20          NOT
  0026  21          AND
  0027  20          NOT
  0028  21          AND
  0029  3007000000  JF    0035
  002e  1004000000  PRED  #4 string_in(place.kind == "ci")
  0033  20          NOT
  0034  21          AND
  0035  3f          END
