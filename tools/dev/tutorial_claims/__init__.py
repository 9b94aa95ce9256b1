"""The tutorial's claims, one module each; every.py names them all.

A module has `ROWS`, what docs/tutorial.md says of the claim. Where something
can be computed it has

    compute()                arrays, and under `numbers` what is measured beside
                             what should come out

and where that is worth a picture, `HEAD`, what it shows in a few words, `SIZE`
in inches, and

    draw(figure, computed)   on an empty `matplotlib.figure.Figure`

`compute` of recorded runs takes the folder of the records. The tests of a
module in tests/claims/ hold its numbers to others, computed without it.
"""
