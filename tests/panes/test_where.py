"""A booking counts in every scope its place has; keys stay apart whatever names hold."""

from hypothesis import given
from hypothesis import strategies as st

from monitor.panes.where import Where, dimensions_text, pane_key, parse_series, scope_parts, scope_text


def test_absent_parts_have_no_scope_and_dimensions_come_beside_the_total() -> None:
    assert Where(None, "app", None).series(("queue", "channel", "region", "all")) == (("channel:app", ""), ("all", ""))
    assert Where("PS", None, "Lhasa", "vip_tier=vip").series(("queue", "region")) == (
        ("queue:PS", ""),
        ("queue:PS", "vip_tier=vip"),
        ("region:Lhasa", ""),
        ("region:Lhasa", "vip_tier=vip"),
    )


def test_dimensions_follow_the_policy_and_leave_out_what_is_absent() -> None:
    values = {"vip_tier": "vip", "priority": None, "region": "a=b,c"}
    assert dimensions_text(("region", "priority", "vip_tier"), values) == "region=a%3Db%2Cc,vip_tier=vip"
    assert dimensions_text((), values) == ""


@given(name=st.text(max_size=8), dims=st.text(max_size=8))
def test_the_parts_of_a_key_come_back(name: str, dims: str) -> None:
    series = (scope_text("queue", name), dims)
    parts = pane_key(series, "10s", 10).split("|")
    assert len(parts) == 4
    assert parse_series(parts[0], parts[1]) == series
    assert scope_parts(series[0]) == ("queue", name)
