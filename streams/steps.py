"""The pure steps that a worker runs."""

from processors.decode import decode
from processors.enrich import wanted
from processors.pipeline import answer
from processors.quota import claims
from processors.reject import reject
from streams.journey import Steps

STEPS = Steps(decode, wanted, claims, answer, reject)
