"""One file per GAN: the networks, and the class where the costs differ."""
