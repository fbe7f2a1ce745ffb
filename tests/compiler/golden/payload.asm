rule both_directions  redact  on any  ; payload.gov:15:1
  guard call  #0 payload(payload contains ticket)
  0000  1000000000  PRED  #0 payload(payload contains ticket)
  0005  3f          END

rule many  block  on prompt  flag skip_unknown  ; payload.gov:20:1
  guard profile  #2 string_in(request.provider == "openai")
  guard call  #1 payload(payload contains class internal confidence likely count >= 3)
  0000  1001000000  PRED  #1 payload(payload contains class internal confidence likely count >= 3)
  0005  3006000000  JF    0010
  000a  1002000000  PRED  #2 string_in(request.provider == "openai")
  000f  21          AND
  0010  3f          END

rule prompt_shares_the_predicate  redact  on prompt  ; payload.gov:26:1
  guard call  #0 payload(payload contains ticket) | #3 payload(payload contains codename)
  0000  1000000000  PRED  #0 payload(payload contains ticket)
  0005  3106000000  JT    0010
  000a  1003000000  PRED  #3 payload(payload contains codename)
  000f  22          OR
  0010  3f          END

rule tool_calls  block  on tool_call  ; payload.gov:31:1
  guard call  #4 payload(payload contains ticket)
  0000  1004000000  PRED  #4 payload(payload contains ticket)
  0005  3006000000  JF    0010
  000a  1005000000  PRED  #5 int_gt(session.turn > 2)
  000f  21          AND
  0010  3f          END
