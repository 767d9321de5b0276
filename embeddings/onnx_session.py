"""How a model is run with onnxruntime here: on one thread.

What one question needs is small, a few dozen tokens: a second thread for it doubles the processor
time. On two cores, two texts at a time are encoded twice as fast as one on both.
"""

from typing import Any


def open_session(model: str | bytes, *, optimised: bool = True) -> Any:
    """Return an onnxruntime session of a model, or of the file of one.

    Without being `optimised` it opens sooner. Raises an error of onnxruntime when it is no model.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    if not optimised:
        level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        options.graph_optimization_level = level
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
