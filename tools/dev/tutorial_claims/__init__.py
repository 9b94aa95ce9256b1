"""The tutorial's claims: where in the code, held by which test, measured how.

Facts only; tools/dev/tutorial_page.py makes docs/tutorial.md of them.
"""
