"""Rules about the order of events on one contact: stages, required steps, hand-backs, watched events (R14, R30, R63-R70, R72, R79).

    plan.py     a policy's rules by the moment at which each does something
    follow.py   what one event does to the rules of a contact: marks, checks, findings, counters
    checks.py   what each kind of rule finds
    alerts.py   findings against what the world was told
    words.py    the sentences of a finding, in English and Chinese

Like clocks, rules are followed by the fold: the same events in any order give the same findings, and a late event that
disproves one takes back its counters and retracts its alert (P32).
"""
