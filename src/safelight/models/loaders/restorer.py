"""Face restorers under PyTorch."""

from __future__ import annotations

import torch
from spandrel import MAIN_REGISTRY, ArchRegistry, ImageModelDescriptor, ModelLoader

from safelight.errors import ModelError
from safelight.imaging.arrays import Values
from safelight.models.loaders.device import Device
from safelight.models.loaders.running import Running, as_pixels
from safelight.models.loaders.state import read_checkpoint
from safelight.models.networks.facial import Facial
from safelight.models.restorer import SIDE
from safelight.models.spec import ResolvedModel
from safelight.models.upscaler import Precision


def load_restorer(model: ResolvedModel, device: Device) -> TorchRestorer:
    """Load a face restorer of any architecture that spandrel reads.

    Raises:
        CorruptWeightsError: the file is not a checkpoint of tensors.
        ModelError: no architecture known here reads it, or it restores no faces.
    """
    path = model.paths[0]
    try:
        descriptor = ModelLoader(device="cpu", registry=_registry()).load_from_state_dict(read_checkpoint(path))
    except ModelError:
        raise
    except Exception as error:
        reason = str(error).split("\n", 1)[0] or type(error).__name__
        hint = "CodeFormer needs the extra: pip install 'safelight[codeformer]'" if _is_codeformer(model) else None
        raise ModelError(f"{path.name}: no architecture that is known here ({reason})", hint=hint) from error
    if not isinstance(descriptor, ImageModelDescriptor) or descriptor.purpose != "FaceSR" or descriptor.scale != 1:
        raise ModelError(f"{path.name}: not a network that restores aligned faces")
    return TorchRestorer(Facial(descriptor), device)


class TorchRestorer(Running[Facial]):
    """A :class:`~safelight.models.restorer.FaceRestorer` over a network of spandrel's."""

    @property
    def precision(self) -> Precision:
        """The arithmetic that it uses: these networks are not run in less than float32."""
        return Precision.FLOAT32

    @property
    def most(self) -> int:
        """How many faces fit into memory at once."""
        return max(1, self.memory // (self.tile_bytes(Precision.FLOAT32) * SIDE * SIDE))

    def restore(self, faces: Values) -> Values:
        """Restore faces; see :class:`~safelight.models.restorer.FaceRestorer`."""
        with self.guarded(faces), torch.inference_mode():
            source = torch.from_numpy(faces).to(self.device).permute(0, 3, 1, 2).contiguous()
            return as_pixels(self.network(Precision.FLOAT32)(source))


def _is_codeformer(model: ResolvedModel) -> bool:
    return model.spec.architecture == "codeformer"


def _registry() -> ArchRegistry:
    """The architectures that are installed: the extra ones only where somebody chose them, for their licence."""
    registry = ArchRegistry()
    registry.add(*MAIN_REGISTRY)
    try:
        from spandrel_extra_arches import EXTRA_REGISTRY
    except ImportError:
        return registry
    registry.add(*EXTRA_REGISTRY)
    return registry
