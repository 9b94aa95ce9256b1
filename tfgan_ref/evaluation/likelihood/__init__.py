"""The log-likelihood of a generator, between two bounds.

References:
    Wu, Burda, Salakhutdinov, Grosse (2017), On the Quantitative Analysis of
    Decoder-Based Generative Models, https://arxiv.org/abs/1611.04273; code
    tonywu95/eval_gen, of which all numbers here are.
    Neal (2001), Annealed importance sampling.
    Grosse, Ghahramani, Adams (2015), Sandwiching the marginal likelihood using
    bidirectional Monte Carlo, https://arxiv.org/abs/1511.02543
"""
