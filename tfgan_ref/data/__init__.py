"""From the name of a data set to minibatches of images in [-1, 1]."""
