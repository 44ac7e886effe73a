"""The network begun from an exported file, its norms folded away: the same answers, ready to learn on. Touches torch, onnx."""

from __future__ import annotations

from pathlib import Path

import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

from tsuzuri.errors import Refused
from tsuzuri.training.alphabet import CLASSES
from tsuzuri.training.model import Block, Net

HEAD_SHY = -8.0        # logit at which a class begins that the file does not know: far below any, yet not out of reach


class OtherNetwork(Refused):
    """The file holds another network than this recipe makes."""

    code = "other_network"


def weights_of(path: Path) -> dict[str, Tensor]:
    """The state of a Net that answers as the ONNX file does; raises OtherNetwork where its convolutions are not ours.

    Norms become the identity with the folded bias; classes that the file does not have begin at HEAD_SHY.
    """
    graph = onnx.load(path).graph
    held = {i.name: torch.from_numpy(numpy_helper.to_array(i).copy()) for i in graph.initializer}
    folded = [tuple(held[name] for name in node.input[1:3]) for node in graph.node if node.op_type == "Conv"]
    net = Net().eval()
    pairs = _pairs(net)
    if len(folded) != len(pairs) + 1 or any(len(f) != 2 for f in folded):
        raise OtherNetwork(f"{path} has {len(folded)} convolutions with their biases, this recipe {len(pairs) + 1}")
    for (conv, norm), (weight, bias) in zip(pairs, folded, strict=False):
        if conv.weight.shape != weight.shape:
            raise OtherNetwork(f"{path} has a convolution of {tuple(weight.shape)} where {tuple(conv.weight.shape)} belongs")
        conv.weight.data.copy_(weight)
        norm.running_mean.zero_()                       # type: ignore[union-attr,unused-ignore]
        norm.running_var.fill_(1 - norm.eps)            # type: ignore[union-attr,unused-ignore]
        norm.weight.data.fill_(1)
        norm.bias.data.copy_(bias)
    _begin_head(net.head, *folded[-1])
    return net.state_dict()


def _pairs(net: Net) -> list[tuple[nn.Conv2d, nn.BatchNorm2d]]:
    """Each convolution before the head with its norm, in the order in which a strip meets them."""
    found: list[tuple[nn.Conv2d, nn.BatchNorm2d]] = []
    for part in net.body:
        if isinstance(part, Block):
            found += [(part.look, part.look_norm), (part.widen, part.widen_norm), (part.narrow, part.narrow_norm)]
        else:
            assert isinstance(part, nn.Sequential)
            conv, norm = part[0], part[1]
            assert isinstance(conv, nn.Conv2d)
            assert isinstance(norm, nn.BatchNorm2d)
            found.append((conv, norm))
    return found


def _begin_head(head: nn.Conv2d, weight: Tensor, bias: Tensor) -> None:
    known = len(bias)
    if known > len(CLASSES) or weight.shape[1:] != head.weight.shape[1:]:
        raise OtherNetwork(f"the file has {known} classes of {tuple(weight.shape[1:])}, this recipe {len(CLASSES)}")
    head.weight.data.zero_()
    head.weight.data[:known] = weight
    assert head.bias is not None
    head.bias.data.fill_(HEAD_SHY)
    head.bias.data[:known] = bias
