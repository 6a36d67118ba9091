"""Long work in turns: left off anywhere, finished at once."""

from monitor.turns import Turns, finish


def counting(to: int, seen: list[int]) -> Turns[str]:
    for n in range(to):
        seen.append(n)
        yield
    return f"counted to {to}"


def test_finishing_takes_every_step_and_gives_the_result() -> None:
    seen: list[int] = []
    assert (finish(counting(3, seen)), seen) == ("counted to 3", [0, 1, 2])


def test_what_was_begun_is_finished_from_where_it_stands() -> None:
    seen: list[int] = []
    turns = counting(3, seen)
    next(turns)
    next(turns)
    assert (finish(turns), seen) == ("counted to 3", [0, 1, 2])


def test_work_without_a_step_has_a_result_too() -> None:
    assert finish(counting(0, [])) == "counted to 0"
