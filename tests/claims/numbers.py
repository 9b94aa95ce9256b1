"""What the modules of tools/dev/tutorial_claims/ have measured."""


def measured(computed):
    """Key -> number."""
    return {key: n["measured"] for key, n in computed["numbers"].items()}


def expected(computed):
    """Key -> what should come out, where somebody says so."""
    return {
        key: n["expected"]
        for key, n in computed["numbers"].items()
        if n["expected"] is not None
    }
