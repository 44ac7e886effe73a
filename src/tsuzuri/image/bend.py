"""What no homography can say: how a folded, curled or bowed sheet lies beside where flat paper would. Millimetres of paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tsuzuri.image.rules import Matrix, Points

STEP_MM = 8.0       # between two nodes: less than a line of a form is high


@dataclass(frozen=True)
class Bend:
    """A grid over the paper, edges included; what belongs at node (i, j) lies `offsets[:, i, j]` (x, y) beside it."""

    paper: tuple[float, float]
    offsets: NDArray[np.float32]      # (2, rows, columns)

    @classmethod
    def of(cls, plain: Sequence[float]) -> Bend | None:
        """The bend that `plain` wrote down; None for none."""
        if not plain:
            return None
        paper = (float(plain[0]), float(plain[1]))
        columns, rows = grid(paper)
        return cls(paper, np.array(plain[2:], dtype=np.float32).reshape(2, rows, columns))

    @property
    def plain(self) -> tuple[float, ...]:
        """The paper's size and the offsets, to a hundredth, as plain numbers."""
        return (*self.paper, *(round(float(v), 2) for v in self.offsets.ravel()))

    def moved(self, points: Points) -> Points:
        """Where (in mm, for the homography) points of the paper lie."""
        _, rows, columns = self.offsets.shape
        x = (points[:, 0] / self.paper[0] * (columns - 1)).astype(np.float32)[None]
        y = (points[:, 1] / self.paper[1] * (rows - 1)).astype(np.float32)[None]
        by = [cv2.remap(part, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)[0] for part in self.offsets]
        return np.asarray(points + np.column_stack(by), dtype=np.float64)


def grid(paper: tuple[float, float], step_mm: float = STEP_MM) -> tuple[int, int]:
    """How many columns and rows of nodes a paper has."""
    return round(paper[0] / step_mm) + 1, round(paper[1] / step_mm) + 1


def nodes(paper: tuple[float, float], step_mm: float = STEP_MM) -> Points:
    """The nodes in mm, row by row."""
    columns, rows = grid(paper, step_mm)
    x, y = np.meshgrid(np.linspace(0, paper[0], columns), np.linspace(0, paper[1], rows))
    return np.column_stack((x.ravel(), y.ravel()))


def where(points: Points, homography: Matrix, bend: Bend | None = None) -> Points:
    """Paper mm → pixels, bend and all."""
    moved = points if bend is None else bend.moved(points)
    return np.asarray(cv2.perspectiveTransform(moved[None], homography)[0], dtype=np.float64)
