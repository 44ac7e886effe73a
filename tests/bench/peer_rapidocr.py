"""One peer: RapidOCR over whole pages, as its own documentation calls it. Run by peers.py in the peer's own environment."""

from __future__ import annotations

import json
import sys

from rapidocr import RapidOCR

engine = RapidOCR(params={"Global.log_level": "critical", "EngineConfig.onnxruntime.intra_op_num_threads": 1})
for path in sys.argv[1:]:
    found = engine(path)
    boxes = found.boxes if found.boxes is not None else []
    lines = [[*map(float, (box[:, 0].min(), box[:, 1].min(), box[:, 0].max(), box[:, 1].max())), text]
             for box, text in zip(boxes, found.txts or (), strict=False)]
    sys.stdout.write(json.dumps({"file": path, "lines": lines}) + "\n")
