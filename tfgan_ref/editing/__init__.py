"""Pictures changed by their latents: what is asked of pixels, solved for z.

Section 1 of the tutorial names interactive editing among the uses of GANs.

References:
    Goodfellow (2016), NIPS 2016 Tutorial: Generative Adversarial Networks,
    section 1, https://arxiv.org/abs/1701.00160
    Zhu, Krähenbühl, Shechtman, Efros (2016), Generative Visual Manipulation on
    the Natural Image Manifold (iGAN), https://arxiv.org/abs/1609.03552
    Brock, Lim, Ritchie, Weston (2016), Neural Photo Editing with Introspective
    Adversarial Networks (IAN), https://arxiv.org/abs/1609.07093
    Yeh, Chen, Lim, Hasegawa-Johnson, Do (2016), Semantic Image Inpainting with
    Perceptual and Contextual Losses, https://arxiv.org/abs/1607.07539
"""
