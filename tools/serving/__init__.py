"""How TensorFlow Serving is configured, and asked over REST or gRPC."""
