"""Tests of the check and of the reader of callgrind's files, without Valgrind."""

import unittest

import callgrind
from verdict import UPDATE, incomparable, verdict

VERSIONS = {"rustc": "1.95.0", "libc": "glibc 2.36"}

FILE = """\
version: 1
fl=(1) a.c
fn=(1) main
0 10
cfn=(2) work
calls=3 0
0 600
0 5
fn=(2)
0 600
totals: 615
"""


class Count(unittest.TestCase):
    def test_more_than_three_percent_above_fails_with_the_command_that_updates_it(self):
        self.assertTrue(verdict(1_000_000, 1_030_000)[0])
        ok, message = verdict(1_000_000, 1_030_001)
        self.assertFalse(ok)
        self.assertIn(UPDATE, message)

    def test_a_gain_succeeds_and_names_the_update(self):
        ok, message = verdict(1_000_000, 900_000)
        self.assertTrue(ok)
        self.assertIn(UPDATE, message)

    def test_other_versions_are_not_compared(self):
        self.assertIsNone(incomparable(VERSIONS, dict(VERSIONS)))
        message = incomparable(VERSIONS, VERSIONS | {"rustc": "1.96.0"})
        for text in ("1.95.0", "1.96.0", UPDATE):
            self.assertIn(text, message)

    def test_the_cost_of_called_functions_is_not_counted_twice(self):
        self.assertEqual(callgrind.by_function(FILE.splitlines()), {"main": 15, "work": 600})


if __name__ == "__main__":
    unittest.main()
