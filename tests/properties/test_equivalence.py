"""The compiled engine decides as the reference evaluator does: whole decisions, on generated policies and traffic.

One example is a policy with three identities and five calls, so the `ci` profile compares more than 10,000 decisions.
"""

from hypothesis import given
from hypothesis import strategies as st

from tests.properties.decisions import Compiled, Reference, load
from tests.properties.strategies.policies import policies
from tests.properties.strategies.traffic import calls, identities

IDENTITIES, CALLS = 3, 5


@given(st.data())
def test_compiled_decides_as_the_reference(data: st.DataObject) -> None:
    source = data.draw(policies())
    program = load(source.text())
    compiled, reference = Compiled(program), Reference(program)
    who = data.draw(st.lists(identities(), min_size=IDENTITIES, max_size=IDENTITIES))
    for call in data.draw(st.lists(calls(source), min_size=CALLS, max_size=CALLS)):
        for identity in who:
            expected = reference.decide(identity, call)
            assert compiled.decide(identity, call) == expected
