"""What tools/dev/benchmark.py prints."""

from __future__ import annotations


def show(content: dict) -> None:
    """Prints a line for each thing measured.

    Args:
        content: what `measure` of tools/dev/benchmark.py returns.
    """
    for name, label in (
        ("gemm_gflops", "Matrix product"),
        ("gemm_gflops_bfloat16", "in bfloat16"),
        ("gemm_gflops_100_rows", "of 100 rows"),
    ):
        if name in content:
            print(f"{label}: {content[name]:.0f} GFLOP/s")
    print(f"{'ms':28} {'best':>9} {'median':>9} {'floor':>9}")
    for name, times in content.items():
        if isinstance(times, dict) and "median" in times:
            print(_line(name, times, content))
    for row in content.get("sizes", []):
        print(
            f"{row['image_size']:4} pixels, {row['batch_size']:4} images: "
            f"{row['ours']['best']:9.1f} ms, "
            f"{row['fraction_of_floor']:.0%} of the floor"
        )
    if content["pipeline_to_step"]:
        ratio = content["pipeline_to_step"]
        print(f"The pipeline is {ratio:.0f} times our step.")
    for name in ("first_step_seconds", "peak_memory_mb"):
        if {"ours", "ours_plain"} <= content[name].keys():
            ours, plain = (content[name][n] for n in ("ours", "ours_plain"))
            print(f"{name}: {ours:.1f}; plain {plain:.1f}")


def _line(name, times, content):
    line = f"{name:28} {times['best']:9.3f} {times['median']:9.3f}"
    for kind, product in (("", ""), ("_100_rows", " at 100 rows")):
        floors = content[f"floors{kind}_ms"]
        if name in floors:
            fraction = content[f"fraction_of_floor{kind}"][name]
            line += f" {floors[name]:9.3f}{product}, {fraction:.0%} of it"
    if "images_per_second" in times:
        line += f" {times['images_per_second']:,.0f} images/s"
    return line
