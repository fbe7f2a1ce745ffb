"""People who write to a model or to each other, in eight languages."""

from __future__ import annotations

from corpora.accuracy.carriers.carrier import ANY, RECORD, Carrier

DEV = (
    Carrier(
        "chat en",
        "Hi, the «word» deploy fails since this morning. My «noun» is «value» - can you check what is wrong with it?",
        ANY,
    ),
    Carrier("chat en short", "«noun»: «value»", ANY),
    Carrier(
        "chat en block",
        """\
Please convert this for me, it is the «noun» of our «word» server:

«value»

Thanks!""",
        ANY,
        block=True,
    ),
    Carrier("chat de", "Hallo, ich komme nicht weiter. «noun» ist «value», was mache ich falsch?", ANY, "de"),
    Carrier("chat fr", "Bonjour, pouvez-vous vérifier ? «noun» : «value». Merci d'avance.", ANY, "fr"),
    Carrier("chat es", "Hola, necesito ayuda con esto. «noun»: «value» y no funciona desde ayer.", ANY, "es"),
    Carrier("chat it", "Ciao, puoi controllare? «noun»: «value». Ho bisogno di una risposta oggi.", ANY, "it"),
    Carrier("chat pt", "Olá, segue o dado que faltava. «noun»: «value». Pode confirmar?", ANY, "pt"),
    Carrier("chat nl", "Hoi, kun je dit nakijken? «noun» is «value» en het werkt niet.", ANY, "nl"),
    Carrier("chat pl", "Cześć, proszę o sprawdzenie. «noun»: «value». Dziękuję!", ANY, "pl"),
    Carrier(
        "e-mail",
        """\
From: «email»
To: «email»
Subject: «word» access
Date: Tue, «date» «time» +0000

Hello,

as discussed, the «noun» is «value».

Regards
""",
        ANY,
    ),
    Carrier(
        "ticket",
        """\
Ticket #«id» (priority 2)
Summary: cannot sign in to «word»
Details: user says their «noun» is «value» and it was changed on «date».
""",
        ANY,
    ),
    Carrier(
        "form letter",
        """\
Application of «date»
«noun»: «value»
Case: «id»
Status: in review
""",
        RECORD,
    ),
)

HELD_OUT = (
    Carrier(
        "question en",
        "I pasted «value» as the «noun» into the «word» settings but I still get a 403. Any idea why?",
        ANY,
    ),
    Carrier(
        "note en",
        """\
notes from the call on «date»
- «word» is down
- «noun» = «value»
- call back at «n» past
""",
        ANY,
    ),
    Carrier(
        "summary en",
        "Summarise the following for the audit: the customer gave us «noun» «value» during onboarding, and asked for a copy of the contract.",
        ANY,
    ),
    Carrier(
        "frage de",
        "Könntest du bitte prüfen, ob das stimmt? Als «noun» habe ich «value» eingetragen, aber das System lehnt es ab.",
        ANY,
        "de",
    ),
    Carrier(
        "question fr",
        "J'ai saisi «value» comme «noun» dans le formulaire, mais rien ne se passe. Une idée ?",
        ANY,
        "fr",
    ),
    Carrier(
        "pregunta es",
        "¿Me puedes decir si es correcto? El «noun» que tengo es «value», según el correo del «date».",
        ANY,
        "es",
    ),
    Carrier(
        "domanda it", "Ho inserito questo «noun»: «value», ma il sistema mi dà errore. Come posso risolvere?", ANY, "it"
    ),
    Carrier(
        "pergunta pt", "O «noun» que está no cadastro é «value», mas o cliente diz que mudou. O que faço?", ANY, "pt"
    ),
    Carrier("vraag nl", "In het dossier staat als «noun» «value», klopt dat volgens jou?", ANY, "nl"),
    Carrier("pytanie pl", "W systemie mam wpisane: «noun» «value». Czy to wygląda poprawnie?", ANY, "pl"),
    Carrier(
        "reply",
        """\
> On «date», support wrote:
> please send us your «noun»

Sure, here it is: «value»

Best
""",
        ANY,
    ),
    Carrier(
        "attachment",
        """\
Here is the file you asked for («noun»):
```
«value»
```
Delete it once you are done.""",
        ANY,
        block=True,
    ),
    Carrier(
        "markdown table",
        """\
| field | value |
|---|---|
| case | «id» |
| «noun» | «value» |
| opened | «date» |
""",
        ANY,
    ),
)
