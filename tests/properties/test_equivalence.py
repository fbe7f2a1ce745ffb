"""The compiled engine decides as the reference evaluator does: whole decisions, on generated policies and traffic.

One example is a policy with three identities and five calls, so 700 examples compare 10,500 decisions.
"""

from hypothesis import given
from hypothesis import strategies as st

from tests.properties.decisions import Compiled, Reference, load
from tests.properties.size import EXAMPLES, size
from tests.properties.strategies.policies import policies
from tests.properties.strategies.traffic import calls, identities

IDENTITIES, CALLS = 3, 5


@size(EXAMPLES)
@given(st.data())
def test_compiled_decides_as_the_reference(data: st.DataObject) -> None:
    source = data.draw(policies())
    program = load(source.text())
    compiled, reference = Compiled(program), Reference(program)
    who = data.draw(st.lists(identities(), min_size=IDENTITIES, max_size=IDENTITIES))
    for call in data.draw(st.lists(calls(source), min_size=CALLS, max_size=CALLS)):
        for identity in who:
            assert compiled.decide(identity, call) == reference.decide(identity, call)


def test_examples_compare_many_decisions() -> None:
    assert EXAMPLES * IDENTITIES * CALLS >= 10_000
