"""Tables and figures in Markdown."""

from statistics import median


def table(header, rows, left=1):
    """A table of Markdown. The first columns are text."""
    lines = [header, ["---"] * left + ["---:"] * (len(header) - left), *rows]
    return "".join(f"| {' | '.join(map(str, line))} |\n" for line in lines)


def number(value):
    """Three significant digits, but all digits before the point."""
    digits = 2 if value < 10 else 1 if value < 100 else 0
    return f"{value:,.{digits}f}"


def spread(values, unit=0.001):
    low, middle, high = (number(value / unit) for value in (min(values), median(values), max(values)))
    return f"{middle} ({low}–{high})"


def ratio(value, base):
    return f"{value / base:.2f}" if base else "–"
