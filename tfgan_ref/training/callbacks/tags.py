"""What TensorBoard says of each tag: the (i) beside its title.

Equations and sections are those of Goodfellow (2016), NIPS 2016 Tutorial:
Generative Adversarial Networks, https://arxiv.org/abs/1701.00160
"""

# By tag; one that ends in a slash is of all that begin so. Markdown.
_DESCRIPTIONS = {
    "loss/generator": "Mean cost of the generator on this minibatch, twice the "
    "tutorial's: of the minimax game eq. 10, of the non-saturating one eq. 13, "
    "of maximum likelihood eq. 14 (sections 3.2.2 to 3.2.4); or the cost of "
    "the recipe's own game. It need not fall: the other player moves as well.",
    "loss/discriminator": "Mean cost of the discriminator on real examples and "
    "samples, twice eq. 8 (section 3.2.1): 2 log 2 = 1.386 where it cannot "
    "tell them apart, near 0 where it always can. In other games their own.",
    "loss/reconstruction": "Mean squared difference of an image and its "
    "reconstruction, pixels in [-1, 1] (Makhzani et al. 2016).",
    "loss/squared_error": "Mean squared difference of the answer and the known "
    "one, pixels in [-1, 1].",
    "loss/features": "Mean squared difference of what a classifier sees in an "
    "image and in what is made of that, features with a root mean square of 1 "
    "(Nguyen et al. 2017).",
    "loss/autoencoder": "Mean squared difference of such features and of what "
    "the autoencoder makes of them and noise: less than the noise's, if it "
    "knows where features are (Nguyen et al. 2017).",
    "loss/l1": "Mean absolute difference of what is made of a picture and its "
    "target, pixels in [-1, 1] (Isola et al. 2017, eq. 3).",
    "loss/labelled": "Cross-entropy of the real classes on labelled examples "
    "(section 4.1).",
    "loss/unlabelled": "Half the cost of real against generated, where the "
    "logit of *real* is logsumexp of the class logits (section 4.1).",
    "loss/self_contrast": "The discriminator's cost where D is a density over "
    "itself and a copy: 1.386 throughout, yet its slope is half that of the "
    "likelihood (section 3.4, figure 20).",
    "loss/value": "Mean squared error of what was expected of the rewards to "
    "come, in their standard deviations (section 5.6).",
    "loss/policy": "Mean of -log of the experts' actions, in nats.",
    "loss/held_out": "The same of held-out pairs, at its best.",
    "return": "Mean sum of the environment's own rewards over an episode of "
    "this step (section 5.6).",
    "length": "Mean number of steps of these episodes.",
    "entropy": "Mean entropy of the policy's actions, in nats.",
    "divergence/policy": "KL of the policy's actions before a step of TRPO and "
    "after it, in nats.",
    "loss/likelihood": "Mean of -log p_model on this minibatch, in nats.",
    "accuracy/real": "Share of real examples that the discriminator takes for "
    "real. Near 1/2 for both at the equilibrium (section 3.2.2).",
    "accuracy/fake": "Share of samples that the discriminator takes for "
    "generated. Near 1/2 for both at the equilibrium (section 3.2.2).",
    "loss/asked": "Cross-entropy of the classes asked for on samples, as the "
    "discriminator of an AC-GAN tells them (Odena et al. 2017).",
    "accuracy/labelled": "Share of the labelled minibatch that is classified "
    "rightly (section 4.1).",
    "entropy/real": "Mean entropy of p(y | x) of real examples, in nats, at "
    "most log K: CatGAN's discriminator wants 0 (Springenberg 2016, eq. 7).",
    "entropy/fake": "The same of samples: the discriminator wants log K, the "
    "generator 0 (Springenberg 2016, eq. 7).",
    "entropy/": "Entropy of the mean of p(y | x) over the minibatch: log K "
    "where all categories are used alike, which the discriminator wants of "
    "real examples and the generator of samples (Springenberg 2016, eq. 7).",
    "information/category": "What samples tell of their category: at most log "
    "K, 2.303 for ten, and 0 where nothing (Chen et al. 2016, eq. 5).",
    "information/": "What samples tell of their continuous codes: at most 1/6 "
    "each for U(-1, 1), and 0 where nothing (Chen et al. 2016, eq. 5).",
    "accuracy/wrong_text": "Share of real images beside a text of another that "
    "the discriminator takes for no match (Reed et al. 2016).",
    "divergence/condition": "Of what the generator is told of a text to "
    "N(0, I), averaged over its numbers (Zhang et al. 2017, eq. 2).",
    "accuracy/asked": "Share of samples that the discriminator of an AC-GAN "
    "takes for the class asked for.",
    "logits/": "The discriminator's logits on this minibatch, log D / (1 - D): "
    "where it is best, the logarithm of p_data / p_model (eq. 9). The further "
    "real and fake are apart, the better it tells them.",
    "mean_logits/": "Mean of the discriminator's logits on this minibatch "
    "(eq. 9); `logits/...` of metrics.jsonl.",
    "critic/estimate": "Mean f(x) - mean f(G(z)): the critic's estimate of the "
    "earth mover's distance, times its slope (Arjovsky et al. 2017, eq. 2).",
    "critic/gradient_norm": "Mean norm of the critic's gradient by points "
    "between data and samples, which the penalty holds at 1 (Gulrajani et al. "
    "2017, eq. 3).",
    "gradient_norm/": "Euclidean norm of the gradient of the network's cost by "
    "its weights, over the global batch and before any clipping. A generator's "
    "that vanishes as the discriminator wins: section 3.2.3 and figure 16.",
    "learning_rate/": "Step size of the turn's next update.",
    "diagnosis/doubt": "E(1 - D(x)) + E D(G(z)), of any game the slopes of the "
    "discriminator's cost by its logits: 1 where it cannot tell data from "
    "samples; below one in a minibatch it is saturated (section 4.2).",
    "diagnosis/generator_slope": "Mean size of the slope of the generator's "
    "cost by the logits of its samples: eq. 10 vanishes where D rejects them, "
    "eq. 13 does not (section 3.2.3, figure 16).",
    "diagnosis/spread": "Mean squared distance of two samples over that of two "
    "real examples: below 1/2 the samples have collapsed (section 5.1.1).",
    "diagnosis/modes": "exp(-KL) of the samples' nearest modes to the data's: "
    "the share of the modes that is covered (section 5.1.1).",
    "diagnosis/classes": "exp(-KL) of the samples' classes, as the "
    "discriminator sees them, to the data's (section 5.1.1).",
    "diagnosis/copies": "Share of samples nearer to one training image than "
    "one in a hundred of these is to another (section 5.2).",
    "diagnosis/": "Where a symptom begins or ends, see docs/diagnosis.md.",
    "severity/": "How many times beyond its threshold a symptom is, as long as "
    "it lasts, see docs/diagnosis.md.",
    "perf/images_per_second": "Real examples consumed per second, since the "
    "record before.",
    "perf/evaluation_share": "Part of the run's time that evaluations took so "
    "far.",
    "eval/earth_mover/exact": "Earth mover's distance of 1,000 samples and as "
    "many points of the data (Arjovsky et al. 2017, eq. 1).",
    "eval/earth_mover/critic": "Mean f(x) - mean f(G(z)) of the same points: "
    "at most that times the critic's slope (Arjovsky et al. 2017, eq. 2).",
    "eval/earth_mover/data": "The same distance between two draws of the data: "
    "what is left where samples are perfect.",
    "eval/errors/": "How many examples of the test set are classified wrongly, "
    "by the discriminator's own weights or by their average (section 4.1).",
    "eval/error_rate/": "Share of the test set that is classified wrongly, by "
    "the discriminator's own weights or by their average (section 4.1).",
    "eval/accuracy/": "Share of the test set whose class its category tells, "
    "each standing for its most frequent class, or one to one.",
    "eval/errors/encoder": "How many test images are encoded to another class.",
    "eval/error_rate/encoder": "Share of test images that are encoded to "
    "another class (Makhzani et al. 2016).",
    "eval/cluster_error/": "Share of test images whose cluster is of another "
    "class: of that of its surest training image, as published, or of most of "
    "its training images (Makhzani et al. 2016).",
    "eval/modes_captured": "Modes of the data with a sample: of Gaussians "
    "within three standard deviations (section 5.1.1, mode collapse).",
    "eval/high_quality": "Share of samples within three standard deviations of "
    "a mode (section 5.1.1).",
    "eval/total_variation": "Half the sum of the differences of the samples' "
    "shares to the data's.",
    "eval/gradient/": "Of the generator's gradient: the length of the exact "
    "one, the distance of the estimates' mean to it, which that is by chance "
    "alone, and their deviation (section 5.3).",
    "eval/valid": "Share of samples that are strings of the grammar (section "
    "5.3).",
    "eval/distinct": "Share of different ones among the valid samples.",
    "eval/nll": "Mean of -log p per token of held-out strings under the "
    "generator, in nats: it rises where modes are lost.",
    "eval/oracle_nll": "The same of samples under the oracle (Yu et al. 2017); "
    "`floor` is its entropy.",
    "eval/oracle_nll/": "The same of the oracle's own strings: its entropy.",
    "eval/reverse_kl": "KL of the samples' histogram over the modes to the "
    "data's, in nats (section 5.1.1).",
    "eval/kl/": "KL of the data to the estimated density, normalised on a "
    "grid, in nats (section 3.4).",
    "eval/log_z_error/": "Logarithm of the estimated density's integral: 0 "
    "where the normaliser is learned (section 3.4).",
    "eval/return": "Mean sum of the environment's own rewards over an episode "
    "(section 5.6).",
    "eval/return_deviation": "Standard deviation of these sums.",
    "eval/fid/": "Frechet distance of features of samples and real images "
    "(Heusel et al. 2017); lower is better, and `real` is that of real ones.",
    "eval/kid/": "Unbiased kernel distance of features of samples and real "
    "images (Binkowski et al. 2018), 0 in the mean where they are alike.",
    "eval/inception_score/": "exp of the mean KL of an image's class "
    "probabilities to their mean (Salimans et al. 2016), by this extractor.",
    "eval/precision/": "Share of samples among the real images' features "
    "(Kynkaanniemi et al. 2019).",
    "eval/recall/": "Share of real images among the samples' features "
    "(Kynkaanniemi et al. 2019); few: mode collapse (section 5.1.1).",
    "eval/class_accuracy/": "Share of samples that the classifier takes for "
    "the class asked for (Odena et al. 2017); `real` is that of real ones.",
    "eval/reconstruction/": "Mean Euclidean norm of x - G(E(x)), pixels in "
    "[0, 1]; `shuffled` is that against another image (Donahue et al. 2017).",
    "eval/next_frame/distance/": "Mean Euclidean distance, pixels in [0, 1], "
    "of a next frame to the average of both that there can be, or to the "
    "nearest of them (section 1, figure 3).",
    "eval/next_frame/share_nearest": "Share of next frames nearer to one of "
    "both that there can be than to their average.",
    "eval/next_frame/squared_error": "Mean squared error, pixels in [0, 1], "
    "over both next frames that there can be; the least is their average's.",
    "eval/super_resolution/psnr": "Mean peak signal-to-noise ratio in dB of "
    "images made of small ones, or of bicubic ones: squared error is best at "
    "it (section 1, figure 4).",
    "eval/super_resolution/ssim": "Mean structural similarity of images made "
    "of small ones and of the originals, at most 1.",
    "eval/super_resolution/sharpness": "Mean length of the gradient over that "
    "of the originals.",
    "eval/translation/": "Of held-out outputs and targets, pixels in [0, 1]: "
    "mean absolute difference (`l1`), kernel distance of features (`kid`), "
    "mean length of the gradient, of which blurred ones have less than "
    "the targets, `real` (Isola et al. 2017).",
    "eval/nearest_neighbour/": "Share of test images whose nearest training "
    "image in the encoder's space is of their class; `untrained` is what the "
    "encoder had before it learnt (Donahue et al. 2017).",
    "eval/retrieval/": "Share of images whose own text is the best of ten by "
    "the discriminator's logit; `real` is that of real ones, `pixels` how "
    "often of ten real images that of the text is nearest. Chance is 0.1.",
    "eval/": "Of an evaluation of many samples.",
    "data": "Real examples as the network gets them: fitted, augmented, scaled "
    "back. One class per column where the minibatches have labels.",
    "samples": "Samples of the seeds 0, 1, 2... in inference mode, of the "
    "averaged generator if there is one. Where a class is asked for, one class "
    "per column. Do they differ from one another (section 5.1.1)?",
    "samples_by_class": "The same samples, in the column of the class that the "
    "discriminator takes them for (section 4.1); an empty column may be a lost "
    "mode (section 5.1.1).",
    "codes": "Rows of samples in each of which one code changes: the category, "
    "then each continuous one from its least to its largest, beside other "
    "latents (Chen et al. 2016, figure 2).",
    "unseen": "Texts that were never seen: below each its real image, and "
    "samples of other seeds.",
    "categories": "Of the test set: true classes down, categories across.",
    "reconstructions": "Real images, and beneath each G(E(x)), of the averaged "
    "networks if there are some.",
    "translations": "Of pictures that were held out what is given, what is "
    "made of it, dropout on, and the target (Isola et al. 2017).",
    "code_map": "Codes of test images, one colour per class.",
    "confusion_matrix": "Of the test set: true classes down, predicted ones "
    "across.",
    "config": "Every setting of the run, as in config.json.",
    "summary/": "Layers and sizes of the network.",
}


def describe(tag: str) -> str:
    """The description of a tag: its own, or of the longest beginning; or ""."""
    parts = tag.split("/")
    beginnings = ("/".join(parts[:n]) + "/" for n in range(len(parts), 0, -1))
    known = filter(_DESCRIPTIONS.__contains__, (tag, *beginnings))
    return _DESCRIPTIONS.get(next(known, ""), "")
