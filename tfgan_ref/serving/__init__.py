"""What a trained GAN serves, as SavedModels."""
