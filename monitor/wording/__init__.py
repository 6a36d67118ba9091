"""What people read, in English and in Chinese, made from the structures of ``schemas``: words, times, durations, sentences.

Everything here is a function of its arguments. What is published is written in the policy's language, so that it stays a
function of the log; a reader may render the same structure in the other one.
"""
