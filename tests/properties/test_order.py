"""The order of declarations does not matter: a shuffled policy decides alike, on both engines."""

from hypothesis import given
from hypothesis import strategies as st

from tests.properties.decisions import Compiled, Reference, load
from tests.properties.size import EXAMPLES, size
from tests.properties.strategies.policies import policies
from tests.properties.strategies.traffic import calls, identities


@size(EXAMPLES // 7)
@given(st.data())
def test_shuffled_declarations_decide_alike(data: st.DataObject) -> None:
    source = data.draw(policies())
    order = data.draw(st.permutations(range(len(source.declarations))))
    written, shuffled = load(source.text()), load(source.text(order))
    engines = [Compiled(written), Compiled(shuffled), Reference(written), Reference(shuffled)]
    who = data.draw(identities())
    for call in data.draw(st.lists(calls(source), min_size=3, max_size=3)):
        first, *others = [engine.decide(who, call) for engine in engines]
        assert others == [first] * 3
