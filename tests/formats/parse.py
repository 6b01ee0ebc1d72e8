"""Reads metrics on standard input with the parser of prometheus_client, and prints the families and samples as JSON."""

import json
import sys

from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
from prometheus_client.parser import text_string_to_metric_families as text

PARSERS = {"openmetrics": openmetrics, "text": text}


def sample(sample):
    given = sample.exemplar
    exemplar = given and [given.labels, given.value, given.timestamp and float(given.timestamp)]
    # As text, because JSON has no infinite numbers.
    return [sample.name, list(sample.labels.items()), repr(float(sample.value)), exemplar]


def family(family):
    samples = [sample(one) for one in family.samples]
    return {"name": family.name, "type": family.type, "unit": family.unit, "help": family.documentation, "samples": samples}


page = sys.stdin.buffer.read().decode("utf-8")
print(json.dumps([family(one) for one in PARSERS[sys.argv[1]](page)]))
