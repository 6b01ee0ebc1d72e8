"""The comparison of a count with the committed one."""

# In percent.
TOLERANCE = 3

UPDATE = "make bench-instructions WRITE=1"


def incomparable(committed, found):
    """Why the committed count cannot be compared with one of these versions; `None` if it can."""
    if found == committed:
        return None
    there, here = (", ".join(versions.values()) for versions in (committed, found))
    return (
        f"the committed count belongs to other versions and cannot be compared\n  committed: {there}\n  here:      {here}\n"
        f"If the versions of the project changed, update the count with: {UPDATE}\n"
        "Otherwise run the check in the image that .github/workflows/instructions.yml names."
    )


def verdict(committed, count):
    """Whether the count is within the tolerance, and the message about it."""
    change = (count / committed - 1) * 100
    text = f"a scrape of 1,000 endpoints takes {count:,} instructions, {change:+.2f} % compared with {committed:,}"
    if count * 100 > committed * (100 + TOLERANCE):
        return False, f"{text}\nMore than {TOLERANCE} % above is a regression. If it is worth its cost, update the count with: {UPDATE}"
    if count * 100 < committed * (100 - TOLERANCE):
        return True, f"{text}\nKeep the gain with: {UPDATE}"
    return True, text
