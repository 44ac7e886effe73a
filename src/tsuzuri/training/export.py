"""The network as an ONNX file, batch norms folded, any batch and any width, held against the network it came from.

Input "x" (n, 1, 48, w), paper 0 and ink 1; output "y" (n, w/4, 116), logits. The alphabet and the recipe travel inside.
"""

from __future__ import annotations

import copy
import json
import logging
import warnings
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from tsuzuri.errors import TsuzuriError
from tsuzuri.training.alphabet import declared
from tsuzuri.training.card import recipe_version
from tsuzuri.training.model import HEIGHT, Block, Net

OPSET = 17             # the newest that ONNX Runtime and OpenVINO of two years ago both read
LARGEST_GAP = 1e-3     # of logits, which span tens: rounding, not another network


class ExportDiffers(TsuzuriError):  # noqa: N818 — named as all errors of the house
    """The file answers otherwise than the network: a fault of ours or of the exporter."""

    code = "export_differs"


def export(net: Net, path: Path) -> float:
    """Writes the network; the largest gap between its answers and the file's. Raises ExportDiffers above LARGEST_GAP."""
    plain = folded(net)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    with warnings.catch_warnings():
        # The new exporter wants one more package and fixes the width of this network's squeeze.
        warnings.filterwarnings("ignore", category=DeprecationWarning)
        warnings.filterwarnings("ignore", category=UserWarning)
        logging.getLogger("torch.onnx").setLevel(logging.ERROR)
        torch.onnx.export(
            plain, (torch.zeros(1, 1, HEIGHT, 160),), str(part), input_names=["x"], output_names=["y"],
            dynamic_axes={"x": {0: "n", 3: "w"}, "y": {0: "n", 1: "t"}}, opset_version=OPSET, dynamo=False,
        )
    model = onnx.load(part)
    for key, value in (("alphabet", json.dumps(declared(), ensure_ascii=False)), ("recipe", recipe_version())):
        model.metadata_props.add(key=key, value=value)
    onnx.checker.check_model(model)
    onnx.save(model, part)
    gap = largest_gap(net, part)
    if not gap <= LARGEST_GAP:
        raise ExportDiffers(f"answers of {part} differ by {gap:.2g}")
    part.rename(path)
    return gap


def folded(net: Net) -> nn.Module:
    """The same network for reading, its norms within its convolutions, on the CPU."""
    plain = copy.deepcopy(net).cpu().eval()
    for part in plain.modules():
        if isinstance(part, Block):
            for name in ("look", "widen", "narrow"):
                norm = getattr(part, f"{name}_norm")
                setattr(part, name, fuse_conv_bn_eval(getattr(part, name), norm))
                setattr(part, f"{name}_norm", nn.Identity())
        elif isinstance(part, nn.Sequential) and isinstance(part[0], nn.Conv2d):
            assert isinstance(part[1], nn.BatchNorm2d)
            part[0] = fuse_conv_bn_eval(part[0], part[1])
            part[1] = nn.Identity()
    return plain


def largest_gap(net: Net, path: Path) -> float:
    """The largest difference of logits on noise of several batches and widths."""
    session = opened(path)
    chance = np.random.default_rng(0)
    net = copy.deepcopy(net).cpu().eval()
    gaps = []
    for count, width in ((1, 24), (3, 48), (2, 160), (1, 344)):
        x = chance.random((count, 1, HEIGHT, width), dtype=np.float32)
        with torch.no_grad():
            ours = net(torch.from_numpy(x)).numpy()
        (theirs,) = session.run(None, {"x": x})
        gaps.append(float(np.abs(ours - theirs).max()) if ours.shape == theirs.shape else float("inf"))
    return max(gaps)


def opened(path: Path) -> ort.InferenceSession:
    """A session on one thread."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
