"""One absl binary per experiment."""
