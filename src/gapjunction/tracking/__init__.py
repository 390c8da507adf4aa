"""Training runs and benchmarks in MLflow: where they go, how they are logged and found."""
