"""Panes: counters, sums and sketches of one slot, their roll-ups and merges.

What a contacts shard books (P28 names both kinds of booking)::

    cohort, booked at ``queued``    offered answered abandoned short_abandoned flow_out callback
                                    answered_within.<Y> abandoned_within.<Y>
    throughput, booked when it is   answers (+ answer_wait_us) abandons (+ abandon_wait_us) sl_hit.<Y> sl_miss.<Y>
                                    handled (+ talk_us hold_us wrapup_us) contacts closed
                                    sketches answer_wait (answered) and wait (abandoners too)
    clocks, at min(stop, deadline)  clock.<name>.met .breached .cancelled .exempt, sketch clock.<name>
"""
