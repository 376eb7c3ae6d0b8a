"""The pipeline, and the app's stage in it."""

import pulumi

from config import Environment
from dynostack.components import App, Pipeline


def declare_pipeline(environment: Environment, app: App) -> None:
    """Declare the app's stage, and the pipeline if this stack owns it; export its id."""
    if environment.pipeline:
        pipeline = Pipeline("pipeline", environment.pipeline, app)
        pulumi.export("pipelineId", pipeline.id)
