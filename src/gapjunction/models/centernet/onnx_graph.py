"""Write the fused network of the compact detector as an ONNX graph.

torch's own exporters do the same job, but one of them takes ten seconds, which is too long to do
before a prediction, and the other is deprecated. The network is made of a dozen operations.
"""

import operator
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, fx, nn
from torch.nn import functional

from gapjunction.models.optional_packages import import_optional

OPSET, IR_VERSION = 17, 8  # what ONNX Runtime 1.14 and later read
TILES, HEAT_LOGITS, SIDES = "tiles", "heat_logits", "sides"


def to_onnx(network: nn.Module, num_classes: int, metadata: Mapping[str, str]) -> bytes:
    """Return a fused network as an ONNX file, with any batch size, height and width.

    Its input is "tiles", its outputs are "heat_logits" and "sides": those of `CenterNetwork`.

    Raises:
        ConfigError: if the package onnx is not installed.
        NotImplementedError: if the network holds an operation that is not known here.
    """
    onnx = import_optional("onnx")
    graph = _Graph(onnx)
    outputs = graph.add_network(fx.symbolic_trace(network))
    shape = ["batch", 3, "height", "width"]
    maps = {HEAT_LOGITS: num_classes, SIDES: 4}
    float32 = onnx.TensorProto.FLOAT
    for name, output in zip(maps, outputs, strict=True):
        graph.add("Identity", [output], name)
    model = onnx.helper.make_model(
        onnx.helper.make_graph(
            graph.nodes,
            "compact_detector",
            [onnx.helper.make_tensor_value_info(TILES, float32, shape)],
            [
                onnx.helper.make_tensor_value_info(
                    name, float32, ["batch", channels, "half_height", "half_width"]
                )
                for name, channels in maps.items()
            ],
            graph.constants,
        ),
        opset_imports=[onnx.helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="gapjunction",
    )
    onnx.helper.set_model_props(model, dict(metadata))
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())


class _Graph:
    """Collects nodes and constants, operation by operation."""

    def __init__(self, onnx: Any) -> None:
        self.onnx = onnx
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def add_network(self, traced: fx.GraphModule) -> list[str]:
        """Add all operations of a traced network; return the names of its outputs."""
        for node in traced.graph.nodes:
            if node.op == "output":
                return [each.name for each in node.args[0]]
            if node.op == "call_module":
                self._add_module(traced.get_submodule(node.target), node.args[0].name, node.name)
            elif node.op != "placeholder":
                self._add_function(node)
        raise NotImplementedError("a network without an output")

    def add(self, kind: str, inputs: list[str], output: str, **attributes: Any) -> None:
        """Add a node called like its output."""
        node = self.onnx.helper.make_node(kind, inputs, [output], name=output, **attributes)
        self.nodes.append(node)

    def constant(self, name: str, values: Tensor) -> str:
        """Add a constant; return its name."""
        self.constants.append(self.onnx.numpy_helper.from_array(values.cpu().numpy(), name))
        return name

    def _add_module(self, module: nn.Module, source: str, name: str) -> None:
        if isinstance(module, nn.Conv2d):
            inputs = [source, self.constant(f"{name}.weight", module.weight.detach().contiguous())]
            if module.bias is not None:
                inputs.append(self.constant(f"{name}.bias", module.bias.detach()))
            pads = [*module.padding, *module.padding]
            self.add("Conv", inputs, name, strides=list(module.stride), pads=pads)
        elif isinstance(module, nn.ReLU):
            self.add("Relu", [source], name)
        elif isinstance(module, nn.Sigmoid):
            self.add("Sigmoid", [source], name)
        elif isinstance(module, nn.PixelUnshuffle):
            self._add_pixel_unshuffle(source, name, module.downscale_factor)
        else:
            raise NotImplementedError(f"{type(module).__name__} in a network to export")

    def _add_pixel_unshuffle(self, source: str, name: str, factor: int) -> None:
        """Add ONNX's SpaceToDepth, and bring channels to torch's order: by channel, then place."""
        places, channels = factor**2, 3
        order = torch.arange(places * channels).reshape(places, channels).T.flatten()
        self.add("SpaceToDepth", [source], f"{name}.blocks", blocksize=factor)
        inputs = [f"{name}.blocks", self.constant(f"{name}.order", order)]
        self.add("Gather", inputs, name, axis=1)

    def _add_function(self, node: fx.Node) -> None:
        try:
            kind = _FUNCTIONS[node.target]
        except KeyError:
            raise NotImplementedError(f"{node.target} in a network to export") from None
        attributes: dict[str, Any] = {}
        operands = len(node.args)
        if kind == "ReduceMean":
            operands, attributes = 1, {"axes": list(node.args[1]), "keepdims": 1}  # type: ignore[arg-type]
        inputs = [self._operand(node, index) for index in range(operands)]
        if kind == "Resize":
            scale = float(node.kwargs["scale_factor"])  # type: ignore[arg-type]
            scales = torch.tensor([1.0, 1.0, scale, scale])
            inputs += ["", self.constant(f"{node.name}.scales", scales)]
            attributes = {
                "mode": "nearest",
                "coordinate_transformation_mode": "asymmetric",
                "nearest_mode": "floor",
            }
        self.add(kind, inputs, node.name, **attributes)

    def _operand(self, node: fx.Node, index: int) -> str:
        """Return the name of an operand; a number becomes a constant."""
        operand = node.args[index]
        if isinstance(operand, fx.Node):
            return operand.name
        return self.constant(f"{node.name}.{index}", torch.tensor(float(operand)))  # type: ignore[arg-type]


_FUNCTIONS: Mapping[Callable[..., Any] | str, str] = {
    operator.add: "Add",
    operator.mul: "Mul",
    operator.truediv: "Div",
    "mean": "ReduceMean",
    functional.relu: "Relu",
    functional.interpolate: "Resize",
    "clamp": "Clip",
    "exp": "Exp",
}
