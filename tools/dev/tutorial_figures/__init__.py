"""The tutorial's figures, one module each; the program is tools/dev/figures.py.

A module has `HEAD`, what the figure shows in a few words, `SIZE` in inches, and

    compute()                arrays, and under `claims` what is measured and
                             what the tutorial says it is
    draw(figure, computed)   on an empty `matplotlib.figure.Figure`

`compute` of a figure of recorded runs takes the folder of the records.
"""
