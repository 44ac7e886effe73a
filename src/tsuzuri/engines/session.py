"""A model file as a running ONNX session, the way a worker wants it: one thread, small memory. Touches ONNX Runtime."""

from __future__ import annotations

from pathlib import Path

import onnxruntime as ort
from onnxruntime.capi import onnxruntime_pybind11_state as states

# What it raises of a model that it cannot open or feed.
FAULTS = (
    states.Fail, states.InvalidArgument, states.InvalidGraph, states.InvalidProtobuf, states.NotImplemented,
    states.RuntimeException,
)


def opened(model: Path) -> ort.InferenceSession:
    """The model's session; raises one of FAULTS where the file is no model."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1          # one process a core: more threads only quarrel
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False      # else the widest batch ever seen stays resident
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    return ort.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
