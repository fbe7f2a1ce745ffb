"""The order of declarations does not matter: a shuffled policy decides alike, on both engines."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.properties.decisions import Compiled, Reference, load
from tests.properties.strategies.policies import policies
from tests.properties.strategies.traffic import calls, identities


@settings(max_examples=settings().max_examples // 4)
@given(st.data())
def test_shuffled_declarations_decide_alike(data: st.DataObject) -> None:
    source = data.draw(policies())
    order = data.draw(st.permutations(range(len(source.declarations))))
    written, shuffled = load(source.text()), load(source.text(order))
    who = data.draw(identities())
    for call in data.draw(st.lists(calls(source), min_size=3, max_size=3)):
        assert Compiled(shuffled).decide(who, call) == Compiled(written).decide(who, call)
        assert Reference(shuffled).decide(who, call) == Reference(written).decide(who, call)
