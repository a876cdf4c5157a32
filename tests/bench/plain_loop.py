"""What people write by hand: one session of two threads, one picture after the other.

python plain_loop.py BUNDLE FOLDER     prints images per second, start-up not counted
"""

import json
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import onnxruntime


def main(bundle: Path, folder: Path) -> None:
    manifest = json.loads((bundle / "manifest.json").read_text())
    size = (manifest["input"]["width_px"], manifest["input"]["height_px"])
    threshold = manifest["threshold"]["value"]
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 2
    session = onnxruntime.InferenceSession(str(bundle / "model.onnx"), options)
    name = session.get_inputs()[0].name
    paths = sorted(path for path in folder.iterdir() if path.suffix in (".jpg", ".png"))
    started = time.perf_counter()
    failed = 0
    for path in paths:
        picture = cv2.imread(str(path))
        assert picture is not None
        tensor = cv2.resize(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), size)[np.newaxis]
        score, _ = session.run(["score", "heatmap"], {name: tensor})
        failed += bool(score[0] > threshold)
    elapsed_s = time.perf_counter() - started
    sys.stdout.write(
        json.dumps({"images_per_s": len(paths) / elapsed_s, "n": len(paths), "failed": failed})
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
